#pragma once
#include "daemon/render/protocol.hpp"
#include "drivers/api/secret.hpp"

namespace drawing {

// A letter as a PDF whose text is text, fonts embedded; the same letter is the same file at any time. An
// empty `puk` is a field without a value. Fails as draw_face does; no detail has a digit of the secrets. The
// secrets pass through memory that nobody wipes: call it in a process that ends with the letter.
api::Result<api::Secret> draw_letter_pdf(const render::LetterOf& letter, const api::Secret& pin,
                                         const api::Secret& puk);

// What is wrong with the layout of a letter, "line 12: …" each; one that reads well is also filled once, with
// `fields` and, where these say nothing, a sample.
std::vector<std::string> problems_of_letter(std::string_view text, const render::Fields& fields = {});

}  // namespace drawing
