#include "daemon/render/drawing/commands.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "daemon/render/drawing/letter.hpp"
#include "daemon/render/drawing/png.hpp"
#include "daemon/render/drawing/sample.hpp"

namespace drawing {
namespace {

std::string read_file(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) throw std::runtime_error(fmt::format("{} cannot be read", path));
  return std::move(text).str();
}

void write_file(const std::string& path, api::BytesView content) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(content.data()), std::ssize(content));
  if (!file.flush()) throw std::runtime_error(fmt::format("{} cannot be written", path));
}

// As the station hands photos over; whether it is an image shows when it is drawn.
std::string data_uri(const std::string& content) {
  return fmt::format("data:image/{};base64,{}", content.starts_with("\x89PNG") ? "png" : "jpeg",
                     api::to_base64(api::bytes_of(content)));
}

render::Fields fields_of(const Sample& sample) {
  render::Fields fields;
  for (const auto& assignment : sample.fields) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos)
      throw std::runtime_error(fmt::format("--field {}: write NAME=VALUE", assignment));
    const auto value = assignment.substr(equals + 1);
    fields[assignment.substr(0, equals)] = value.starts_with("@@")  ? value.substr(1)
                                           : value.starts_with('@') ? data_uri(read_file(value.substr(1)))
                                                                    : value;
  }
  return fields;
}

Zone zone_of(const Sample& sample) {
  return sample.chip ? Zone::contacts : sample.stripe ? Zone::stripe : Zone::none;
}

api::Result<api::Bytes> draw_sample_letter(const Sample& sample) {
  auto fields = fields_of(sample);
  fields.merge(letter_sample());
  const api::Secret pin(api::bytes_of(fields["pin"])), puk(api::bytes_of(fields["puk"]));
  TRY_ASSIGN(
      pdf, draw_letter_pdf({read_file(sample.layout), std::move(fields), pin.size(), puk.size()}, pin, puk));
  return api::Bytes(pdf.reveal().begin(), pdf.reveal().end());
}

api::Result<api::Bytes> draw_sample_face(const Sample& sample) {
  TRY_ASSIGN(planes, draw_face(read_file(sample.layout), fields_of(sample), sample.image, zone_of(sample)));
  TRY_ASSIGN(pictures, pictures_of(planes, sample.image, zone_of(sample), "front"));
  const auto wanted = std::find_if(pictures.begin(), pictures.end(), [&](const render::Picture& picture) {
    return picture.plane == sample.plane;
  });
  if (wanted == pictures.end()) throw std::runtime_error(fmt::format("it has no group {}", sample.plane));
  return std::move(wanted->png);
}

}  // namespace

int check(const Sample& sample) {
  const auto text = read_file(sample.layout);
  const auto fields = fields_of(sample);
  const auto problems = sample.letter ? problems_of_letter(text, fields)
                                      : problems_of(text, sample.image, zone_of(sample), fields);
  for (const auto& problem : problems) fmt::print("{}: {}\n", sample.layout, problem);
  return problems.empty() ? 0 : 1;
}

int preview(const Sample& sample) {
  const auto drawn = sample.letter ? draw_sample_letter(sample) : draw_sample_face(sample);
  if (!drawn) {
    fmt::print(stderr, "{}: {}: {}\n", sample.layout, api::text_of(drawn.error().reason),
               drawn.error().detail);
    return 1;
  }
  write_file(sample.out, *drawn);
  return 0;
}

}  // namespace drawing
