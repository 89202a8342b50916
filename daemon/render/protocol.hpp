#pragma once
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drivers/api/printer.hpp"
#include "drivers/api/result.hpp"

// What goes over the socket between the daemon and its cardwright-render process: one JSON line per request;
// per answer one JSON line, followed by the bytes it announces: planes, pictures or a letter. A letter's PIN
// and PUK never stand in a line: they follow it as they are. Both sides use these functions.
namespace render {

using Fields = std::map<std::string, std::string>;  // name of the field → its value, UTF-8

// Longer questions are not asked. Two layouts and a photo of 1 MiB in base64 fit well.
inline constexpr std::size_t request_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t header_bytes_max = 64 * 1024;
inline constexpr std::size_t picture_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t pictures_max = 8;  // two faces: three planes and the card each
inline constexpr std::size_t letter_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t secret_bytes_max = 64;  // of a PIN or a PUK
// More pixels per face than any card printer has (2072 × 1328 at 600 dpi are 2.75 million).
inline constexpr unsigned image_pixels_max = 4'000'000;

// One card to be drawn. The layouts are SVG texts (etc/cardwright/layouts/README.md), not paths: the renderer
// opens no file. An empty layout means that this face is not printed.
struct Request {
  std::string front;
  std::string back;
  Fields fields;  // those that a layout does not use are ignored
  api::ImageSpec image;
  bool chip = false;    // the front has contacts, which stay free of resin and varnish
  bool stripe = false;  // the back has a magnetic stripe, which does too
};

// What a card looks like before it is printed: the planes exactly as they are (in "k" and "overlay" black is
// where they go), and as "card" the face as a person will see it, cut to the card's outline.
struct Picture {
  std::string face;   // "front", "back"
  std::string plane;  // "card", "color", "k", "overlay"
  api::Bytes png;
};

// What the process says when it has opened its fonts, without the end of line.
inline constexpr std::string_view ready_line = R"({"ready":"cardwright-render"})";

// The questions, as lines with their end. They fail with drawingLimit when they are too large.
api::Result<std::string> planes_line(const Request& request);
api::Result<std::string> pictures_line(const Request& request);
// So many bytes of PIN and PUK follow it.
api::Result<std::string> letter_line(std::string_view layout, const Fields& fields, std::size_t pin_size,
                                     std::size_t puk_size);

// A question as the process reads it; rendererFailed says that the line is none.
struct PlanesOf {
  Request card;
};
struct PicturesOf {
  Request card;
};
struct LetterOf {
  std::string layout;
  Fields fields;
  std::size_t pin_size, puk_size;
};
using Question = std::variant<PlanesOf, PicturesOf, LetterOf>;
api::Result<Question> parse_question(std::string_view line);

// Whole answers: header line and content.
std::string answer_bytes(const api::Result<api::Faces>& result);
std::string answer_bytes(const api::Result<std::vector<Picture>>& result);
// Of a letter only the line; the PDF follows it.
std::string letter_header(const api::Result<std::size_t>& size);

// What a header line announces: faces whose planes have their final size but no content yet, to be filled in
// the order front (color, k, overlay), back (color, k, overlay); or the failure of the request. `image` is
// that of the request: planes of any other size are refused (rendererFailed).
api::Result<api::Faces> parse_header(std::string_view line, const api::ImageSpec& image);
// Pictures of their final size, to be filled in this order.
api::Result<std::vector<Picture>> parse_pictures_header(std::string_view line);
// The size of the PDF.
api::Result<std::size_t> parse_letter_header(std::string_view line);

}  // namespace render
