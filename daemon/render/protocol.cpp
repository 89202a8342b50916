#include "daemon/render/protocol.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>

namespace render {
namespace {
namespace json = boost::json;

struct NamedFace {
  std::string_view name;
  std::optional<api::Planes> api::Faces::*face;
};
constexpr std::array faces{NamedFace{"front", &api::Faces::front}, NamedFace{"back", &api::Faces::back}};

struct NamedPlane {
  std::string_view name;
  api::Bytes api::Planes::*plane;
  std::size_t (*full_size)(const api::ImageSpec&);
};
std::size_t color_size(const api::ImageSpec& image) {
  return std::size_t{image.width} * image.height * 3;
}
std::size_t bitmap_size(const api::ImageSpec& image) {
  return std::size_t{(image.width + 7) / 8} * image.height;
}
constexpr std::array planes{NamedPlane{"color", &api::Planes::color, color_size},
                            NamedPlane{"k", &api::Planes::k, bitmap_size},
                            NamedPlane{"overlay", &api::Planes::overlay, bitmap_size}};

bool is_face(std::string_view name) {
  return std::ranges::find(faces, name, &NamedFace::name) != faces.end();
}
bool is_picture(std::string_view name) {
  return name == "card" || std::ranges::find(planes, name, &NamedPlane::name) != planes.end();
}

std::optional<std::string> text_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<bool> flag_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_bool()) return std::nullopt;
  return value->get_bool();
}

// A number of an image: 1 to image_pixels_max.
std::optional<unsigned> size_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* number = value ? value->if_int64() : nullptr;
  if (!number || *number < 1 || *number > image_pixels_max) return std::nullopt;
  return static_cast<unsigned>(*number);
}

std::optional<api::ImageSpec> parse_image(const json::object& object) {
  const auto width = size_member(object, "width");
  const auto height = size_member(object, "height");
  const auto dpi = size_member(object, "dpi");
  if (!width || !height || !dpi) return std::nullopt;
  if (std::size_t{*width} * *height > image_pixels_max) return std::nullopt;
  return api::ImageSpec{*width, *height, *dpi};
}

std::optional<Fields> parse_fields(const json::object& object) {
  Fields fields;
  for (const auto& [name, value] : object) {
    if (!value.is_string()) return std::nullopt;
    fields.emplace(name, value.get_string());
  }
  return fields;
}

std::optional<json::object> parse_object(std::string_view line) {
  boost::system::error_code error;
  auto value = json::parse(line, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

const json::object* object_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? value->if_object() : nullptr;
}

std::string line_of(const json::object& object) {
  return json::serialize(object) + '\n';
}

api::Result<api::Planes> parse_planes(const json::object& lengths, const api::ImageSpec& image) {
  api::Planes result;
  result.width = image.width;
  result.height = image.height;
  for (const auto& [name, plane, full_size] : planes) {
    const auto* value = lengths.if_contains(name);
    const auto* length = value ? value->if_int64() : nullptr;
    if (!length) return api::fail(api::Reason::rendererFailed, "the answer names no length of a plane");
    const auto expected = full_size(image);
    if (*length != 0 && std::cmp_not_equal(*length, expected))
      return api::fail(api::Reason::rendererFailed, "the answer announces a plane of another size");
    (result.*plane).resize(static_cast<std::size_t>(*length));
  }
  return result;
}
std::optional<std::size_t> length_member(const json::object& object, std::string_view name, std::size_t max) {
  const auto* value = object.if_contains(name);
  const auto* number = value ? value->if_int64() : nullptr;
  if (!number || *number < 0 || std::cmp_greater(*number, max)) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

// Looks at the sizes before anything is copied: a photo may have come with any size.
api::Result<> fits_a_request(std::initializer_list<std::string_view> layouts, const Fields& fields) {
  std::size_t size = 0;
  for (const auto& layout : layouts) size += layout.size();
  for (const auto& [name, value] : fields) size += name.size() + value.size();
  if (size <= request_bytes_max) return {};
  return api::fail(api::Reason::drawingLimit,
                   fmt::format("layouts and fields have {} bytes together, at most {} can be drawn", size,
                               request_bytes_max));
}

api::Result<std::string> limited_line(const json::object& object) {
  auto line = line_of(object);
  if (line.size() <= request_bytes_max) return line;
  return api::fail(api::Reason::drawingLimit, "layouts and fields are too large together");
}

json::object object_of(const Fields& fields) {
  json::object object;
  for (const auto& [name, value] : fields) object[name] = value;
  return object;
}

api::Result<std::string> card_line(std::string_view kind, const Request& request) {
  TRY(fits_a_request({request.front, request.back}, request.fields));
  const json::object image{
      {"width", request.image.width}, {"height", request.image.height}, {"dpi", request.image.dpi}};
  const json::object card{
      {"front", request.front}, {"back", request.back}, {"fields", object_of(request.fields)},
      {"image", image},         {"chip", request.chip}, {"stripe", request.stripe}};
  return limited_line({{kind, card}});
}

auto no_question(std::string detail) {
  return api::fail(api::Reason::rendererFailed, std::move(detail));
}

api::Result<Request> parse_card(const json::object& object) {
  const auto front = text_member(object, "front");
  const auto back = text_member(object, "back");
  if (!front || !back) return no_question("front and back must be texts");
  const auto* fields_object = object_member(object, "fields");
  const auto fields = fields_object ? parse_fields(*fields_object) : std::nullopt;
  if (!fields) return no_question("fields must be an object of texts");
  const auto* image_object = object_member(object, "image");
  const auto image = image_object ? parse_image(*image_object) : std::nullopt;
  if (!image) return no_question("image must be a width, a height and a dpi");
  const auto chip = flag_member(object, "chip");
  const auto stripe = flag_member(object, "stripe");
  if (!chip || !stripe) return no_question("chip and stripe must be true or false");
  return Request{*front, *back, *fields, *image, *chip, *stripe};
}

api::Result<LetterOf> parse_letter(const json::object& object) {
  const auto layout = text_member(object, "layout");
  const auto* fields_object = object_member(object, "fields");
  const auto fields = fields_object ? parse_fields(*fields_object) : std::nullopt;
  if (!layout || !fields) return no_question("a letter has a layout and fields");
  const auto pin_size = length_member(object, "pinSize", secret_bytes_max);
  const auto puk_size = length_member(object, "pukSize", secret_bytes_max);
  if (!pin_size || !puk_size) return no_question("pinSize and pukSize must be lengths");
  return LetterOf{*layout, *fields, *pin_size, *puk_size};
}

// The object of an answer; or the failure that it tells of. The process may have been taken over by what it
// drew: it can refuse a card for what the card is, and nothing else.
api::Result<json::object> parse_answer(std::string_view line) {
  auto object = parse_object(line);
  if (!object) return api::fail(api::Reason::rendererFailed, "the answer is no JSON object");
  const auto name = text_member(*object, "reason");
  if (!name) return *std::move(object);
  const auto reason = api::from_name<api::Reason>(*name);
  const bool known = reason && api::class_of(*reason) == api::FailureClass::data;
  return api::fail(known ? *reason : api::Reason::rendererFailed,
                   text_member(*object, "detail").value_or(std::string()));
}

std::string failure_line(const api::Failure& failure) {
  return line_of({{"reason", api::name_of(failure.reason)}, {"detail", failure.detail}});
}
}  // namespace

api::Result<std::string> planes_line(const Request& request) {
  return card_line("planes", request);
}

api::Result<std::string> pictures_line(const Request& request) {
  return card_line("pictures", request);
}

api::Result<std::string> letter_line(std::string_view layout, const Fields& fields, std::size_t pin_size,
                                     std::size_t puk_size) {
  TRY(fits_a_request({layout}, fields));
  const json::object letter{
      {"layout", layout}, {"fields", object_of(fields)}, {"pinSize", pin_size}, {"pukSize", puk_size}};
  return limited_line({{"letter", letter}});
}

api::Result<Question> parse_question(std::string_view line) {
  const auto object = parse_object(line);
  if (!object) return no_question("the question is no JSON object");
  if (const auto* planes_of = object_member(*object, "planes"))
    return parse_card(*planes_of).map([](Request&& card) { return Question(PlanesOf{std::move(card)}); });
  if (const auto* pictures_of = object_member(*object, "pictures"))
    return parse_card(*pictures_of).map([](Request&& card) { return Question(PicturesOf{std::move(card)}); });
  if (const auto* letter_of = object_member(*object, "letter"))
    return parse_letter(*letter_of).map([](LetterOf&& letter) { return Question(std::move(letter)); });
  return no_question("the question asks for nothing that is known");
}

std::string answer_bytes(const api::Result<api::Faces>& result) {
  if (!result) return failure_line(result.error());
  json::object header;
  std::string content;
  for (const auto& [face_name, face] : faces) {
    const auto& drawn = (*result).*face;
    if (!drawn) continue;
    json::object lengths;
    for (const auto& [name, plane, full_size] : planes) {
      lengths[name] = (*drawn.*plane).size();
      content += api::text_of(*drawn.*plane);
    }
    header[face_name] = std::move(lengths);
  }
  return line_of({{"faces", std::move(header)}}) + content;
}

std::string answer_bytes(const api::Result<std::vector<Picture>>& result) {
  if (!result) return failure_line(result.error());
  json::array announced;
  std::string content;
  for (const auto& picture : *result) {
    announced.push_back({{"face", picture.face}, {"plane", picture.plane}, {"size", picture.png.size()}});
    content += api::text_of(picture.png);
  }
  return line_of({{"pictures", std::move(announced)}}) + content;
}

std::string letter_header(const api::Result<std::size_t>& size) {
  return size ? line_of({{"letter", *size}}) : failure_line(size.error());
}

api::Result<api::Faces> parse_header(std::string_view line, const api::ImageSpec& image) {
  TRY_ASSIGN(object, parse_answer(line));
  const auto* announced = object_member(object, "faces");
  if (!announced) return api::fail(api::Reason::rendererFailed, "the answer names no faces");
  api::Faces result;
  for (const auto& [name, face] : faces) {
    const auto* lengths = object_member(*announced, name);
    if (!lengths) continue;
    TRY_ASSIGN(drawn, parse_planes(*lengths, image));
    result.*face = std::move(drawn);
  }
  return result;
}

api::Result<std::vector<Picture>> parse_pictures_header(std::string_view line) {
  TRY_ASSIGN(object, parse_answer(line));
  const auto* value = object.if_contains("pictures");
  const auto* announced = value ? value->if_array() : nullptr;
  if (!announced || announced->size() > pictures_max)
    return api::fail(api::Reason::rendererFailed, "the answer names no pictures");
  std::vector<Picture> pictures;
  for (const auto& one : *announced) {
    const auto* picture = one.if_object();
    const auto face = picture ? text_member(*picture, "face") : std::nullopt;
    const auto plane = picture ? text_member(*picture, "plane") : std::nullopt;
    const auto size = picture ? length_member(*picture, "size", picture_bytes_max) : std::nullopt;
    if (!face || !is_face(*face) || !plane || !is_picture(*plane) || !size)
      return api::fail(api::Reason::rendererFailed, "the answer announces no picture");
    pictures.push_back({*face, *plane, api::Bytes(*size)});
  }
  return pictures;
}

api::Result<std::size_t> parse_letter_header(std::string_view line) {
  TRY_ASSIGN(object, parse_answer(line));
  const auto size = length_member(object, "letter", letter_bytes_max);
  if (!size) return api::fail(api::Reason::rendererFailed, "the answer announces no letter");
  return *size;
}

}  // namespace render
