#include "daemon/render/drawing/fill.hpp"

#include <fmt/core.h>

#include "daemon/render/drawing/photo.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

// A label stands in the same text as its value and leaves with it: so that both are one line to who copies or
// extracts it, and an optional field leaves no lonely "PUK:".
api::Result<> put_text(const Field& field, const std::string& value) {
  const std::string label = field.node.attribute("data-label").value();
  const auto text = label.empty() ? value : label + ' ' + value;
  if (text.size() > text_bytes_max)
    return api::fail(api::Reason::textDoesNotFit,
                     fmt::format("the field {} is longer than {} bytes", field.name, text_bytes_max));
  if (const auto wrong = unprintable(text))
    return api::fail(api::Reason::textInvalid, fmt::format("the field {}: {}", field.name, *wrong));
  auto node = field.node;
  node.remove_children();
  node.append_child(pugi::node_pcdata).set_value(text.c_str());
  return {};
}

api::Result<> put_date(const Field& field, const std::string& day) {
  const auto text = format_day(day, field.node.attribute("data-format").as_string("%Y-%m-%d"));
  if (!text)
    return api::fail(api::Reason::textInvalid,
                     fmt::format("the field {} is no day like 2026-12-31", field.name));
  return put_text(field, *text);
}

api::Result<> put_photo(const Field& field, const std::string& data) {
  if (const auto wrong = undecodable(data))
    return api::fail(api::Reason::imageInvalid, fmt::format("the field {}: {}", field.name, *wrong));
  auto node = field.node;
  node.remove_attribute("xlink:href");
  node.remove_attribute("href");
  node.append_attribute("href").set_value(data.c_str());
  return {};
}

api::Result<> put(const Field& field, const std::string& value) {
  switch (field.type) {
    case FieldType::text: return put_text(field, value);
    case FieldType::date: return put_date(field, value);
    case FieldType::photo: return put_photo(field, value);
    case FieldType::qr: return {};
  }
  return {};
}

// Makes the text of one field smaller if it must be.
api::Result<> fit(const Svg& svg, const Field& field) {
  const auto room = number_of(field.node.attribute("data-width").value()).value_or(0);
  TRY_ASSIGN(width, svg.inked_width_mm(field.node.attribute("id").value()));
  if (width <= room) return {};
  // A little less than fits: what is rounded while drawing must not reach beyond.
  const auto factor = room / width * 0.995;
  if (factor < text_shrink_min)
    return api::fail(
        api::Reason::textDoesNotFit,
        fmt::format("the field {} needs {:.1f} mm at its smallest size and has {:.1f} mm: \"{}\"", field.name,
                    width * text_shrink_min, room, field.node.child_value()));
  auto size = field.node.attribute("font-size");
  size.set_value(size.as_double() * factor);
  return {};
}

}  // namespace

api::Result<> fill(Layout& layout, const render::Fields& fields) {
  std::vector<Field> filled;
  for (const auto& field : layout.fields) {
    const auto value = fields.find(field.name);
    const bool missing = value == fields.end() || value->second.empty();
    if (missing && !field.optional)
      return api::fail(api::Reason::fieldMissing, fmt::format("the card has no {}", field.name));
    if (missing) {
      field.node.parent().remove_child(field.node);
      continue;
    }
    TRY(put(field, value->second));
    filled.push_back(field);
  }
  layout.fields = std::move(filled);
  return {};
}

api::Result<> fit_texts(const Layout& layout, const Svg& svg) {
  for (const auto& field : layout.fields)
    if (field.type == FieldType::text || field.type == FieldType::date) TRY(fit(svg, field));
  return {};
}

}  // namespace drawing
