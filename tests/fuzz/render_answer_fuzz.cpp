// What comes from the process that draws, which a layout may have taken over: no line makes the daemon
// reserve more than a card may have, or blames anything but the card.
#include <cassert>
#include <cstdint>

#include "daemon/render/protocol.hpp"

namespace {

void expect_fair(const api::Failure& failure) {
  assert(failure.certainty == api::Certainty::notDone);
  assert(failure.reason == api::Reason::rendererFailed ||
         api::class_of(failure.reason) == api::FailureClass::data);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr api::ImageSpec image{10, 4, 300};
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto faces = render::parse_header(line, image);
  if (!faces) expect_fair(faces.error());
  if (faces && faces->front) assert(faces->front->color.size() <= 120 && faces->front->k.size() <= 8);
  const auto pictures = render::parse_pictures_header(line);
  if (!pictures) expect_fair(pictures.error());
  if (pictures) assert(pictures->size() <= render::pictures_max);
  const auto letter = render::parse_letter_header(line);
  if (!letter) expect_fair(letter.error());
  if (letter) assert(*letter <= render::letter_bytes_max);
  const auto question = render::parse_question(line);
  if (!question) expect_fair(question.error());
  return 0;
}
