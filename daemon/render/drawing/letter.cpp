#include "daemon/render/drawing/letter.hpp"

#include <cairo-pdf.h>

#include "daemon/render/drawing/fill.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/sample.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/drawing/visible.hpp"

namespace drawing {
namespace {

constexpr double points_per_mm = 72 / 25.4;

api::Result<Layout> filled(const std::string& text, const render::Fields& fields) {
  TRY_ASSIGN(layout, read_layout(text, Sheet::letter));
  TRY(fill(layout, fields));
  return layout;
}

cairo_status_t append(void* pdf, const unsigned char* bytes, unsigned size) {
  auto& to = *static_cast<api::Bytes*>(pdf);
  to.insert(to.end(), bytes, bytes + size);
  return CAIRO_STATUS_SUCCESS;
}

api::Result<api::Secret> to_pdf(const Layout& layout, const std::string& day) {
  TRY_ASSIGN(svg, Svg::open(*layout.document));
  const Place page{0, 0, layout.width_mm * points_per_mm, layout.height_mm * points_per_mm};
  api::Bytes pdf;
  const Owned<cairo_surface_t> surface(
      cairo_pdf_surface_create_for_stream(append, &pdf, page.width, page.height));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Cardwright");
  // Cairo would write the moment of the drawing.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, day.c_str());
  {
    const Owned<cairo_t> context(cairo_create(surface.get()));
    TRY(svg.draw(context.get(), page));
    cairo_show_page(context.get());
  }
  cairo_surface_finish(surface.get());
  const auto status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS)
    return api::fail(api::Reason::drawingLimit, cairo_status_to_string(status));
  return api::Secret::take(std::move(pdf));
}

}  // namespace

api::Result<api::Secret> draw_letter_pdf(const render::LetterOf& letter, const api::Secret& pin,
                                         const api::Secret& puk) {
  auto fields = letter.fields;
  // First with zeros: everything that can be wrong is told in full, and has no digit in it.
  fields["pin"] = std::string(pin.size(), '0');
  fields["puk"] = std::string(puk.size(), '0');
  TRY_ASSIGN(trial, filled(letter.layout, fields));
  std::vector<api::Failure> failures;
  expect_visible(trial, failures);
  if (!failures.empty()) return tl::unexpected(failures.front());
  fields["pin"] = api::text_of(pin.reveal());
  fields["puk"] = api::text_of(puk.reveal());
  const auto layout = filled(letter.layout, fields);
  if (!layout) return api::fail(layout.error().reason, "the PIN or the PUK cannot be drawn in its place");
  const auto day = fields.find("issueDate");
  return to_pdf(*layout, day == fields.end() ? "1970-01-01" : day->second);
}

std::vector<std::string> problems_of_letter(std::string_view text, const render::Fields& fields) {
  auto [layout, problems] = read_with_problems(text, Sheet::letter);
  if (!problems.empty()) return problems;
  auto shown = fields;
  shown.merge(letter_sample());
  std::vector<api::Failure> failures;
  fill(layout, shown, failures);
  if (failures.empty()) expect_visible(layout, failures);
  for (const auto& failure : failures) problems.push_back(failure.detail);
  return problems;
}

}  // namespace drawing
