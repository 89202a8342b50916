#include "daemon/render/drawing/fill.hpp"

#include <fmt/core.h>

#include "daemon/render/drawing/fit.hpp"
#include "daemon/render/drawing/photo.hpp"
#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

// A label stands in the same text as its value and leaves with it: so that both are one line to who copies or
// extracts it, and an optional field leaves no lonely "PUK:".
api::Result<> put_text(const Field& field, const std::string& value) {
  const std::string label = field.node.attribute("data-label").value();
  const auto text = label.empty() ? value : label + ' ' + value;
  if (text.size() > text_bytes_max)
    return api::fail(
        api::Reason::textDoesNotFit,
        at_line(field.line, fmt::format("the field {} is longer than {} bytes", field.name, text_bytes_max)));
  const auto family = first_family(inherited_property(field.node, "font-family").value_or(""));
  if (const auto wrong = unprintable(text, family, !field.secret))
    return api::fail(api::Reason::textInvalid, fmt::format("the field {}: {}", field.name, *wrong));
  return fit(field, text);
}

api::Result<> put_date(const Field& field, const std::string& day) {
  const auto text = format_day(day, field.node.attribute("data-format").as_string("%Y-%m-%d"));
  if (!text)
    return api::fail(api::Reason::textInvalid,
                     fmt::format("the field {} is no day like 2026-12-31", field.name));
  return put_text(field, *text);
}

api::Result<> put_photo(const Field& field, const std::string& data) {
  if (const auto wrong = undecodable(data, "photo"))
    return api::fail(api::Reason::imageInvalid, fmt::format("the field {}: {}", field.name, *wrong));
  auto node = field.node;
  node.remove_attribute("xlink:href");
  node.remove_attribute("href");
  node.append_attribute("href").set_value(data.c_str());
  return {};
}

api::Result<> put(const Field& field, const std::string& value) {
  switch (field.type) {
    case FieldType::text:
    case FieldType::checkCode: return put_text(field, value);
    case FieldType::date: return put_date(field, value);
    case FieldType::photo: return put_photo(field, value);
    case FieldType::qr:
    case FieldType::barcode: return {};
  }
  return {};
}

}  // namespace

void fill(Layout& layout, const render::Fields& fields, std::vector<api::Failure>& failures) {
  std::vector<Field> filled;
  for (const auto& field : layout.fields) {
    const auto value = fields.find(field.name);
    const bool missing = value == fields.end() || value->second.empty();
    auto done = missing ? api::Result<>{} : put(field, value->second);
    if (missing && !field.optional)
      done = api::fail(api::Reason::fieldMissing, fmt::format("the card has no {}", field.name));
    if (!done) failures.push_back(done.error());
    if (done && !missing)
      filled.push_back(field);
    else
      field.node.parent().remove_child(field.node);
  }
  layout.fields = std::move(filled);
}

api::Result<> fill(Layout& layout, const render::Fields& fields) {
  std::vector<api::Failure> failures;
  fill(layout, fields, failures);
  if (!failures.empty()) return tl::unexpected(failures.front());
  return {};
}

}  // namespace drawing
