#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// Codes are read back from the black plane by zbarimg, other people's program.
namespace drawing {
namespace {

namespace fs = std::filesystem;

// The plane as PBM (P4), whose bits are those of the plane; zbarimg reads it through ImageMagick.
void write_pbm(const api::Bytes& k, const api::ImageSpec& image, const fs::path& path) {
  std::ofstream file(path, std::ios::binary);
  file << fmt::format("P4\n{} {}\n", image.width, image.height);
  file.write(reinterpret_cast<const char*>(k.data()), std::ssize(k));
}

// What zbarimg finds, a line each: "QR-Code:T0000018".
std::string read_back(const api::Bytes& k, const api::ImageSpec& image) {
  const auto path = fs::path(testing::TempDir()) / fmt::format("codes-{}.pbm", ::getpid());
  write_pbm(k, image, path);
  const auto command = fmt::format("zbarimg -q --nodbus {}", path.string());
  const std::unique_ptr<FILE, int (*)(FILE*)> program(::popen(command.c_str(), "r"), ::pclose);
  std::string found;
  std::array<char, 256> part{};
  while (program && std::fgets(part.data(), part.size(), program.get())) found += part.data();
  fs::remove(path);
  return found;
}

std::string read_from(const std::string& layout, const render::Fields& fields,
                      const api::ImageSpec& image = sample::image) {
  const auto planes = draw_face(layout, fields, image);
  return planes ? read_back(planes->k, image) : planes.error().detail;
}

std::string code(std::string_view what, double width, double height) {
  return sample::k(fmt::format(R"(<rect data-field="n" {} x="8.07" y="9.11" width="{}" height="{}"/>)", what,
                               width, height));
}

struct Case {
  const char* field;
  const char* value;
  const char* read;
  double width, height;
};
const Case cases[] = {
    {R"(data-type="qr")", "T0000018", "QR-Code:T0000018\n", 14, 14},
    {R"(data-type="qr")", "https://example.org/cards/T0000018?check=7KQ2M0",
     "QR-Code:https://example.org/cards/T0000018?check=7KQ2M0\n", 20, 20},
    {R"(data-type="qr")", "Łukasz Søn", "QR-Code:Łukasz Søn\n", 20, 20},
    {R"(data-type="qr")", "Søren Sjöström", "QR-Code:Søren Sjöström\n", 20, 20},
    {R"(data-type="barcode")", "CW-2026-000042", "CODE-128:CW-2026-000042\n", 60, 8},
    {R"(data-type="barcode" data-symbology="code128")", "ab cd~", "CODE-128:ab cd~\n", 60, 8},
    {R"(data-type="barcode" data-symbology="code39")", "T0000018", "CODE-39:T0000018\n", 60, 8},
    {R"(data-type="barcode" data-symbology="ean13")", "4006381333931", "EAN-13:4006381333931\n", 40, 8},
};

TEST(codes, are_read_back_from_the_black_plane) {
  for (const auto& one : cases)
    for (const auto& image : {sample::image, api::ImageSpec{2036, 1296, 600}})
      EXPECT_EQ(read_from(code(one.field, one.width, one.height), {{"n", one.value}}, image), one.read)
          << one.field << ' ' << image.dpi;
}

TEST(codes, are_read_back_at_their_smallest) {
  EXPECT_EQ(read_from(code(R"(data-type="qr")", 7.4, 7.4), {{"n", "T0000018"}}), "QR-Code:T0000018\n");
  EXPECT_EQ(read_from(code(R"(data-type="barcode")", 22, 5), {{"n", "T0000018"}}), "CODE-128:T0000018\n");
}

TEST(barcode, lies_across_where_its_rect_is_higher_than_wide) {
  EXPECT_EQ(read_from(code(R"(data-type="barcode")", 8, 40), {{"n", "T0000018"}}), "CODE-128:T0000018\n");
}

unsigned count_of(const std::string& text, std::string_view part) {
  unsigned count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(shipped_layouts, have_codes_that_are_read_back) {
  const render::Fields card{{"number", "T0000018"},           {"product", "Product"},
                            {"organisation", "Organisation"}, {"checkCode", "7KQ2M0"},
                            {"expiryDate", "2026-12-31"},     {"issueDate", "2026-12-30"},
                            {"name", "Ada Lovelace"},         {"photo", sample::photo}};
  unsigned layouts = 0;
  for (const auto& entry : fs::directory_iterator(LAYOUTS)) {
    const auto layout = entry.path().extension() == ".svg" ? sample::file(entry.path()) : "";
    const auto qr = count_of(layout, "data-type=\"qr\""), bars = count_of(layout, "data-type=\"barcode\"");
    if (qr + bars == 0) continue;
    ++layouts;
    const auto found = read_from(layout, card);
    EXPECT_EQ(count_of(found, "QR-Code:T0000018\n"), qr) << entry.path() << ": " << found;
    EXPECT_EQ(count_of(found, "CODE-128:T0000018\n"), bars) << entry.path() << ": " << found;
  }
  EXPECT_GE(layouts, 3U);
}

}  // namespace
}  // namespace drawing
