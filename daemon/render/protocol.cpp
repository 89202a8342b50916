#include "daemon/render/protocol.hpp"

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
}  // namespace

std::string request_line(const Request& request) {
  json::object fields;
  for (const auto& [name, value] : request.fields) fields[name] = value;
  const json::object image{
      {"width", request.image.width}, {"height", request.image.height}, {"dpi", request.image.dpi}};
  return line_of({{"front", request.front},
                  {"back", request.back},
                  {"fields", fields},
                  {"image", image},
                  {"chip", request.chip},
                  {"stripe", request.stripe}});
}

api::Result<Request> parse_request(std::string_view line) {
  const auto object = parse_object(line);
  if (!object) return api::fail(api::Reason::rendererFailed, "the request is no JSON object");
  const auto front = text_member(*object, "front");
  const auto back = text_member(*object, "back");
  if (!front || !back) return api::fail(api::Reason::rendererFailed, "front and back must be texts");
  const auto* fields_object = object_member(*object, "fields");
  const auto fields = fields_object ? parse_fields(*fields_object) : std::nullopt;
  if (!fields) return api::fail(api::Reason::rendererFailed, "fields must be an object of texts");
  const auto* image_object = object_member(*object, "image");
  const auto image = image_object ? parse_image(*image_object) : std::nullopt;
  if (!image) return api::fail(api::Reason::rendererFailed, "image must be a width, a height and a dpi");
  const auto chip = flag_member(*object, "chip");
  const auto stripe = flag_member(*object, "stripe");
  if (!chip || !stripe)
    return api::fail(api::Reason::rendererFailed, "chip and stripe must be true or false");
  return Request{*front, *back, *fields, *image, *chip, *stripe};
}

std::string answer_bytes(const api::Result<api::Faces>& result) {
  if (!result)
    return line_of({{"reason", api::name_of(result.error().reason)}, {"detail", result.error().detail}});
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

api::Result<api::Faces> parse_header(std::string_view line, const api::ImageSpec& image) {
  const auto object = parse_object(line);
  if (!object) return api::fail(api::Reason::rendererFailed, "the answer is no JSON object");
  if (const auto name = text_member(*object, "reason")) {
    const auto reason = api::from_name<api::Reason>(*name);
    return api::fail(reason.value_or(api::Reason::rendererFailed),
                     text_member(*object, "detail").value_or(std::string()));
  }
  const auto* announced = object_member(*object, "faces");
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

}  // namespace render
