#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/render/drawing/confine.hpp"
#include "tests/unit/render/real.hpp"

// What means harm, through the real process: a reason that blames the card, in time, and the next card is
// drawn.
namespace render {
namespace {

using namespace std::chrono_literals;
using api::Reason;
using real::in;
using real::program;
using testing::HasSubstr;

// The limit of a card, and the start of the process. Processor time: other programs may be at work too.
constexpr double seconds_max = 2;

double seconds_of_children() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Request face(const std::string& content, Fields fields = {}) {
  return {sample::svg(content), "", std::move(fields), sample::image, false, false};
}

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::string filtered(std::string_view steps, int times) {
  return "<defs><filter id='f' x='0' y='0' width='1' height='1'>" + repeated(steps, times) +
         "</filter></defs><g id='color'><rect width='85' height='53' filter='url(#f)'/></g>";
}

// The card is refused in time for one of these reasons, and another one is drawn after it.
void expect_refused(const Request& request, std::initializer_list<Reason> reasons,
                    const std::string& words = {}) {
  const auto before = seconds_of_children();
  {
    Renderer renderer(program);
    const auto result = renderer.render(request, in(60s));
    ASSERT_FALSE(result);
    EXPECT_THAT(std::vector(reasons), testing::Contains(result.error().reason))
        << api::name_of(result.error().reason) << ": " << result.error().detail;
    EXPECT_EQ(result.error().certainty, api::Certainty::notDone);
    EXPECT_THAT(result.error().detail, HasSubstr(words));
    const auto next = renderer.render(real::card(), in(60s));
    EXPECT_TRUE(next) << next.error().detail;
  }
  EXPECT_LT(seconds_of_children() - before, seconds_max);
}

// In a process of its own, for good.
int tries_to_leave(const std::string& secret) {
  drawing::confine();
  const auto opens = [](const std::string& path, int how) { return ::open(path.c_str(), how) >= 0; };
  if (!opens("/usr/share/fonts", O_RDONLY | O_DIRECTORY)) return 1;
  if (opens(secret, O_RDONLY)) return 2;
  if (opens(secret, O_WRONLY)) return 3;
  if (opens("/", O_RDONLY | O_DIRECTORY)) return 4;
  ::execl("/bin/true", "true", nullptr);
  return 5;
}

TEST(limits, keep_the_process_from_files_that_are_not_for_drawing) {
  if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1)
    GTEST_SKIP() << "this kernel has no Landlock";
  const real::Folder folder;
  std::ofstream(folder / "vault.key") << "secret";
  EXPECT_EXIT(std::_Exit(tries_to_leave(folder / "vault.key")), testing::ExitedWithCode(5), "");
}

TEST(limits, end_a_drawing_that_takes_too_long) {
  for (const auto& content :
       {filtered("<feGaussianBlur stdDeviation='40'/>", 2000),
        "<g id='color'><path d='M0 0" + repeated("L85 53L0 53L85 0L3 4L50 1", 60'000) + "'/></g>"})
    expect_refused(face(content), {Reason::drawingLimit}, "processor time");
}

TEST(limits, end_filters_that_do_much_with_few_words) {
  for (const auto& content : {filtered("<feTurbulence baseFrequency='0.9' numOctaves='400'/>", 300),
                              filtered("<feMorphology operator='dilate' radius='80'/>", 1)})
    expect_refused(face(content), {Reason::drawingLimit, Reason::layoutInvalid});
}

TEST(limits, end_a_drawing_that_multiplies_itself) {
  std::string content = "<g id='color'><rect id='r0' width='1' height='1'/>";
  for (int i = 1; i < 12; ++i)
    content += fmt::format("<g id='r{}'>{}</g>", i, repeated(fmt::format("<use href='#r{}'/>", i - 1), 10));
  expect_refused(face(content + "</g>"), {Reason::drawingLimit, Reason::layoutInvalid});
}

TEST(limits, end_a_drawing_that_wants_too_much_memory) {
  // Every group is an image of its own.
  auto request = face("<g id='color'>" + repeated("<g opacity='0.5'>", 55) +
                      "<rect width='85' height='53'/>" + repeated("</g>", 55) + "</g>");
  request.image = {2500, 1590, 720};
  expect_refused(request, {Reason::drawingLimit}, "memory");
}

std::string number(std::size_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

// A JPEG of few bytes that draws its 4096 × 4096 pixels over and over (ITU-T T.81, progressive).
std::string jpeg_of_many_scans(int scans) {
  const auto segment = [](char marker, const std::string& content) {
    return std::string{'\xff', marker} + number(content.size() + 2).substr(2) + content;
  };
  const std::string one_code = '\1' + std::string(15, '\0') + '\0';
  const std::string scan = segment('\xda', {1, 1, 0, 1, 63, 0}) + std::string(4, '\0');
  return "\xff\xd8" + segment('\xdb', '\0' + std::string(64, '\1')) +
         segment('\xc2', std::string{8, 16, 0, 16, 0, 1, 1, 17, 0}) + segment('\xc4', '\0' + one_code) +
         segment('\xc4', '\x10' + one_code) + segment('\xda', {1, 1, 0, 0, 0, 1}) + std::string(10, '\0') +
         repeated(scan, scans) + "\xff\xd9";
}

std::string data_uri(std::string_view type, const std::string& bytes) {
  return fmt::format("data:image/{};base64,{}", type, api::to_base64(api::bytes_of(bytes)));
}

Request photo(std::string data) {
  return face("<g id='color'><image data-field='photo' data-type='photo' width='25' height='31'/></g>",
              {{"photo", std::move(data)}});
}

TEST(limits, end_a_photo_that_unpacks_for_ever) {
  expect_refused(photo(data_uri("jpeg", jpeg_of_many_scans(5000))), {Reason::drawingLimit}, "processor time");
}

TEST(limits, refuse_a_photo_of_few_bytes_and_many_pixels) {
  // The header of a PNG of 60,000 × 60,000 pixels; the sum that follows it is right.
  const std::string bomb = "\x89PNG\r\n\x1a\n" + number(13) + "IHDR" + number(60'000) + number(60'000) +
                           std::string{8, 2, 0, 0, 0} + "\x0f\xb0\xe2\x15" + std::string(1000, 'x');
  expect_refused(photo(data_uri("png", bomb)), {Reason::imageInvalid});
}

TEST(limits, refuse_a_photo_of_100_MB_before_anybody_reads_it) {
  const auto request = photo("data:image/jpeg;base64," + std::string(100'000'000, 'A'));
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  expect_refused(request, {Reason::drawingLimit}, "100000");
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 30'000) << "KiB: it was copied";
}

TEST(limits, let_no_layout_open_a_file) {
  expect_refused(face("<g id='k'><image href='file:///etc/passwd' width='9' height='9'/></g>"),
                 {Reason::layoutInvalid}, "opens no file");
}

TEST(limits, refuse_a_text_that_no_font_has) {
  expect_refused(face("<g id='k'><text data-field='name' data-width='30' x='9' y='9' font-size='4' "
                      "font-family='Noto Sans'/></g>",
                      {{"name", "\xf4\x8f\xbf\xbd"}}),
                 {Reason::textInvalid}, "no installed font");
}

// The fonts of a station, one of which is only begun: copied while the disk was full, say.
struct BrokenFont {
  explicit BrokenFont(double part) {
    namespace fs = std::filesystem;
    const fs::path fonts = "/usr/share/fonts/truetype/dejavu";
    const auto whole = sample::file(fonts / "DejaVuSerif.ttf");
    std::ofstream(folder / "broken.ttf") << whole.substr(0, static_cast<std::size_t>(whole.size() * part));
    fs::copy(fonts / "DejaVuSans.ttf", folder / "DejaVuSans.ttf");
    std::ofstream(folder / "fonts.conf")
        << "<fontconfig><dir>" << folder.path.string() << "</dir></fontconfig>";
  }
  real::Folder folder;
};

TEST(limits, outlive_a_font_file_that_is_broken) {
  for (const double part : {0.0, 0.01, 0.1, 0.5, 0.9, 0.99}) {
    const BrokenFont fonts(part);
    Renderer renderer({RENDER_PROGRAM, fonts.folder / "fonts.conf"});
    const auto text = [](std::string_view family) {
      return face(
          fmt::format("<g id='k'><text x='9' y='9' font-size='4' font-family='{}'>Ada</text></g>", family));
    };
    const auto result = renderer.render(text("DejaVu Serif"), in(60s));
    if (!result) {
      EXPECT_EQ(api::class_of(result.error().reason), api::FailureClass::data)
          << part << result.error().detail;
    }
    if (result) {
      EXPECT_GT(sample::ink_of(result->front->k, sample::image).count, 0U) << part;
    }
    const auto next = renderer.render(text("DejaVu Sans"), in(60s));
    ASSERT_TRUE(next) << part << next.error().detail;
    EXPECT_GT(sample::ink_of(next->front->k, sample::image).count, 100U);
  }
}

TEST(limits, do_not_blame_a_card_for_a_station_without_fonts) {
  const real::Folder folder;
  std::ofstream(folder / "fonts.conf")
      << "<fontconfig><dir>" << folder.path.string() << "</dir></fontconfig>";
  Renderer renderer({RENDER_PROGRAM, folder / "fonts.conf"});
  const auto result = renderer.render(real::card(), in(60s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::rendererFailed);
  EXPECT_THAT(result.error().detail, HasSubstr("does not start"));
}

}  // namespace
}  // namespace render
