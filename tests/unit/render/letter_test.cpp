#include "daemon/render/letter.hpp"

#include <string.h>

#include "tests/unit/render/real.hpp"

// PIN letters, drawn by the real process.
namespace render {
namespace {

using namespace std::chrono_literals;
using api::Reason;
using real::in;
using testing::HasSubstr;
using testing::Not;

// Digits that are in no text of the source, and in no place of this process but this one.
api::Secret digits(std::size_t count) {
  api::Bytes drawn(count);
  std::ifstream("/dev/urandom", std::ios::binary)
      .read(reinterpret_cast<char*>(drawn.data()), std::ssize(drawn));
  for (auto& digit : drawn) digit = static_cast<std::uint8_t>('0' + digit % 10);
  return api::Secret::take(std::move(drawn));
}

// How often the bytes stand in the memory that this process can write.
int places_of(api::BytesView bytes) {
  int found = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char mode[5]{};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode) != 3 || mode[1] != 'w') continue;
    if (line.ends_with("[vvar]")) continue;
    const auto* at = reinterpret_cast<const std::uint8_t*>(begin);
    const auto* last = reinterpret_cast<const std::uint8_t*>(end);
    while ((at = static_cast<const std::uint8_t*>(
                ::memmem(at, static_cast<std::size_t>(last - at), bytes.data(), bytes.size())))) {
      ++found;
      ++at;
    }
  }
  return found;
}

const Fields fields{{"product", "Employee"},
                    {"organisation", "Example"},
                    {"control", "7KQ4-M2XF-0000"},
                    {"issueDate", "2026-12-30"}};

std::string layout(std::string_view more = "") {
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297"><g font-family="Noto Sans">)"
      R"(<text data-field="product" data-width="100" x="25" y="30" font-size="5"/>)"
      R"(<text data-field="control" data-label="Control number:" data-width="100" x="25" y="40" font-size="5"/>)"
      R"(<text data-field="pin" data-label="PIN:" data-width="150" x="25" y="60" font-size="9"/>)"
      R"(<text data-field="puk" data-label="PUK:" data-optional="true" data-width="150" x="25" y="80" )"
      R"(font-size="6"/>{}</g></svg>)",
      more);
}

api::Result<api::Secret> drawn(const std::string& text, const api::Secret& pin, const api::Secret& puk,
                               const Fields& of = fields) {
  return draw_letter(real::program, {text, of, pin, puk}, in(60s));
}

// What a reader gets out of a PDF.
std::string text_of(const api::Secret& pdf) {
  const real::Folder folder;
  std::ofstream(folder / "letter.pdf", std::ios::binary) << api::text_of(pdf.reveal());
  return real::run("pdftotext " + folder / "letter.pdf" + " -").first;
}

// Never prints what it compares: it is a PIN.
bool has_line(const std::string& text, const std::string& line) {
  return ('\n' + text).find('\n' + line + '\n') != std::string::npos;
}

TEST(letter, says_pin_puk_and_control_number_as_text) {
  const auto pin = digits(6), puk = digits(8);
  const auto pdf = drawn(layout(), pin, puk);
  ASSERT_TRUE(pdf) << pdf.error().detail;
  const auto text = text_of(*pdf);
  EXPECT_TRUE(has_line(text, "PIN: " + api::text_of(pin.reveal())));
  EXPECT_TRUE(has_line(text, "PUK: " + api::text_of(puk.reveal())));
  EXPECT_TRUE(has_line(text, "Control number: 7KQ4-M2XF-0000"));
}

TEST(letter, without_a_puk_does_not_speak_of_one) {
  const auto pdf = drawn(layout(), digits(6), {});
  ASSERT_TRUE(pdf) << pdf.error().detail;
  EXPECT_THAT(text_of(*pdf), Not(HasSubstr("PUK")));
}

TEST(letter, of_the_station_that_we_ship_says_its_pin) {
  const auto pin = digits(6), puk = digits(8);
  const auto pdf = drawn(sample::file(LAYOUTS "/pin-letter.svg"), pin, puk);
  ASSERT_TRUE(pdf) << pdf.error().detail;
  const auto text = text_of(*pdf);
  EXPECT_TRUE(has_line(text, "PIN: " + api::text_of(pin.reveal())));
  EXPECT_TRUE(has_line(text, "PUK: " + api::text_of(puk.reveal())));
  EXPECT_TRUE(has_line(text, "Control number: 7KQ4-M2XF-0000"));
}

TEST(letter, brings_its_fonts_along_and_is_one_page_of_its_size) {
  const auto pdf = drawn(layout(), digits(6), {});
  ASSERT_TRUE(pdf);
  const real::Folder folder;
  std::ofstream(folder / "letter.pdf", std::ios::binary) << api::text_of(pdf->reveal());
  EXPECT_THAT(real::run("pdffonts " + folder / "letter.pdf").first,
              testing::ContainsRegex("NotoSans.* yes yes yes"));
  const auto about = real::run("pdfinfo " + folder / "letter.pdf").first;
  EXPECT_THAT(about, HasSubstr("(A4)"));
  EXPECT_THAT(about, testing::ContainsRegex("Pages: +1\n"));
  EXPECT_THAT(about, Not(HasSubstr("Title")));
}

TEST(letter, is_the_same_file_whenever_it_is_drawn) {
  const auto pin = digits(6);
  const auto first = drawn(layout(), pin, {}), second = drawn(layout(), pin, {});
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(std::ranges::equal(first->reveal(), second->reveal()));
  const real::Folder folder;
  std::ofstream(folder / "letter.pdf", std::ios::binary) << api::text_of(first->reveal());
  EXPECT_THAT(real::run("pdfinfo " + folder / "letter.pdf").first,
              testing::ContainsRegex("CreationDate: +Wed Dec 30 00:00:00 2026"))
      << "the day of issue, no moment";
}

TEST(letter, leaves_nothing_behind_in_this_process) {
  const auto pin = digits(40), puk = digits(40);
  auto pdf = drawn(layout(), pin, puk);
  ASSERT_TRUE(pdf) << pdf.error().detail;
  // The ends of them: free memory is written over at its beginning.
  EXPECT_EQ(places_of(pin.reveal().subspan(24)), 1);
  EXPECT_EQ(places_of(puk.reveal().subspan(24)), 1);
  EXPECT_EQ(places_of(pdf->reveal().subspan(pdf->size() / 2, 64)), 1);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "its process lives on";
}

TEST(letter, is_the_last_that_its_process_draws) {
  const auto question = letter_line(layout(), fields, 6, 0);
  ASSERT_TRUE(question);
  const real::Folder folder;
  std::ofstream(folder / "questions") << *question << "000000" << *question << "000000";
  const auto answers =
      real::run("FONTCONFIG_FILE=" FONTS " " RENDER_PROGRAM " < " + folder / "questions").first;
  const auto first = answers.find("{\"letter\":");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(answers.find("{\"letter\":", first + 1), std::string::npos);
}

TEST(letter, shows_nothing_that_says_whose_card_it_is) {
  for (const auto* field : {"name", "number", "photo", "checkCode", "pan"}) {
    const auto refused = drawn(
        layout(fmt::format(R"(<text data-field="{}" data-width="50" x="25" y="99" font-size="5"/>)", field)),
        digits(6), {}, {{"product", "P"}, {"control", "C"}, {field, "value"}});
    ASSERT_FALSE(refused) << field;
    EXPECT_EQ(refused.error().reason, Reason::layoutInvalid);
    EXPECT_THAT(refused.error().detail, HasSubstr(fmt::format("a letter may not show the field {}", field)));
  }
}

// It would arrive without a PIN that is nowhere else any more.
TEST(letter, hides_nothing_that_it_has_to_show) {
  for (const auto& [at, with] :
       {std::pair{R"(data-field="pin")", R"(data-field="pin" display="none")"},
        std::pair{R"(data-field="pin")", R"(data-field="pin" style="visibility:hidden")"},
        std::pair{R"(data-field="puk")", R"(data-field="puk" opacity="0.0")"},
        std::pair{R"(<g font-family)", R"(<g opacity="0" font-family)"}}) {
    auto text = layout();
    text.replace(text.find(at), std::string_view(at).size(), with);
    const auto refused = drawn(text, digits(6), {});
    ASSERT_FALSE(refused) << with;
    EXPECT_EQ(refused.error().reason, Reason::layoutInvalid) << with;
    EXPECT_THAT(refused.error().detail, HasSubstr("is hidden")) << with;
  }
}

// However it comes about.
TEST(letter, shows_its_pin_to_a_reader) {
  const auto pin_with = [](const std::string& attributes, const std::string& more = "") {
    auto text = layout(more);
    return text.insert(text.find("data-field=\"pin\""), attributes + ' ');
  };
  const auto unseen = [](const std::string& text, const std::string& field) {
    const auto refused = drawn(text, digits(6), digits(8));
    EXPECT_THAT(refused ? "" : refused.error().detail,
                HasSubstr("the field " + field + " would not be seen"));
  };
  for (const auto* sheet : {"display:none", "visibility:hidden", "opacity:0", "fill:white", "fill:none"})
    unseen(pin_with("class='p'", fmt::format("<style>.p {{ {} }}</style>", sheet)), "pin");
  for (const auto* attributes :
       {"fill='#fff'", "fill='#e0e0e0'", "fill='transparent'", "fill-opacity='0.1'",
        "transform='translate(400)'", "transform='translate(180)'", "transform='translate(0 -58)'"})
    unseen(pin_with(attributes), "pin");
  const auto cover = [](int x, int y) {
    return fmt::format("<rect x='{}' y='{}' width='150' height='12' fill='#eee'/>", x, y);
  };
  unseen(pin_with("", cover(20, 50)), "pin");
  unseen(pin_with("", cover(50, 50)), "pin");
  unseen(layout(cover(20, 72)), "puk");
  unseen(layout(cover(20, 33)), "control");
  EXPECT_TRUE(drawn(layout(cover(20, 72)), digits(6), {})) << "it has no PUK";
}

TEST(letter, may_be_white_on_dark) {
  auto text = layout();
  text.replace(text.find("<g "), 3, "<rect width='210' height='297'/><g fill='#fff' ");
  EXPECT_TRUE(drawn(text, digits(6), digits(8)));
}

TEST(letter, that_cannot_be_drawn_does_not_tell_its_pin) {
  const auto pin = digits(64);
  const auto narrow = drawn(layout(), pin, {});
  ASSERT_FALSE(narrow);
  EXPECT_EQ(narrow.error().reason, Reason::textDoesNotFit);
  EXPECT_THAT(narrow.error().detail, HasSubstr("pin"));
  const auto told = narrow.error().detail.find(api::text_of(pin.reveal()).substr(0, 4));
  EXPECT_TRUE(told == std::string::npos);
  const auto unprintable = drawn(layout(),
                                 api::Secret(api::bytes_of("12\x01"
                                                           "456")),
                                 {});
  ASSERT_FALSE(unprintable);
  EXPECT_EQ(unprintable.error().reason, Reason::textInvalid);
  EXPECT_THAT(unprintable.error().detail, Not(HasSubstr("456")));
}

TEST(letter, of_a_layout_that_hangs_ends_in_time) {
  const auto blurred = layout("<filter id='f'>" + [] {
    std::string steps;
    for (int i = 0; i < 2000; ++i) steps += "<feGaussianBlur stdDeviation='40'/>";
    return steps;
  }() + "</filter><rect width='200' height='200' filter='url(#f)'/>");
  const auto result = drawn(blurred, digits(6), {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::drawingLimit) << result.error().detail;
  EXPECT_TRUE(drawn(layout(), digits(6), {}));
}

TEST(letter, needs_a_program_that_starts) {
  const auto pin = digits(6);
  for (const std::string path : {"/nonexistent", "/bin/true"}) {
    const auto result = draw_letter({path, {}}, {layout(), fields, pin, {}}, in(60s));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::rendererFailed);
  }
}

}  // namespace
}  // namespace render
