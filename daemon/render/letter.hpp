#pragma once
#include <string>

#include "daemon/render/renderer.hpp"
#include "drivers/api/secret.hpp"

namespace render {

// What stands on a PIN letter: "product", "organisation", "control" (number) and "issueDate" (2026-12-31) in
// `fields`, and the two secrets. Never a name or a card number (ISO 9564-1, PIN mailers): a layout that asks
// for any other field is refused.
struct Letter {
  std::string layout;  // the SVG's text
  Fields fields;
  const api::Secret& pin;
  const api::Secret& puk;  // empty: not on the letter
};

// The letter as a PDF, in a process of its own that ends with it. Nothing of PIN and PUK is left in this
// process but in `letter` and in what is returned. May be called from any thread, from several at once and
// beside a Renderer; returns at the deadline at the latest. Fails as Renderer::render does, never `unknown`,
// and names no digit of the secrets.
api::Result<api::Secret> draw_letter(const Program& program, const Letter& letter, api::Deadline deadline);

}  // namespace render
