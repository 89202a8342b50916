#include "daemon/render/drawing/serve.hpp"

#include <fmt/core.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <iostream>

#include "daemon/render/drawing/confine.hpp"
#include "daemon/render/drawing/draw.hpp"
#include "daemon/render/drawing/letter.hpp"
#include "daemon/render/drawing/png.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

// What a hostile layout or photo may cost. A card takes some 50 ms; with a photo of 4096 × 4096 pixels, the
// largest that is taken, 330 ms and 250 MiB of addresses, 100 MiB of them for libraries and fonts.
constexpr rlim_t memory_bytes_max = rlim_t{384} * 1024 * 1024;
constexpr rlim_t files_open_max = 64;                   // fonts and their caches
constexpr timeval processor_time_per_card{0, 900'000};  // answered within a second
constexpr timeval unlimited{0, 0};

void limit(__rlimit_resource resource, rlim_t most) {
  const rlimit limits{most, most};
  if (::setrlimit(resource, &limits) != 0) throw std::runtime_error("setrlimit is refused");
}

// The process gives up what it does not need before it reads anything.
void lock_up() {
  // librsvg's filters would start a thread for every processor, and each of them reserve addresses.
  ::setenv("RAYON_NUM_THREADS", "1", 1);
  ::mallopt(M_ARENA_MAX, 1);
  limit(RLIMIT_AS, memory_bytes_max);
  limit(RLIMIT_FSIZE, 0);
  ::signal(SIGXFSZ, SIG_IGN);  // fontconfig may try to write its cache
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, files_open_max);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) throw std::runtime_error("it stays dumpable");
  confine();
}

// SIGPROF ends the process when the time is used up, in all threads together. RLIMIT_CPU knows whole seconds
// only, and counts from the start.
void grant(const timeval& time) {
  const itimerval timer{{0, 0}, time};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

// Fonts are found and opened at the first text: not on account of the first card.
void warm_up() {
  if (const auto wrong = unprintable("Aa", "sans-serif"))
    throw std::runtime_error(fmt::format("there are no fonts: {}", *wrong));
  pugi::xml_document document;
  document.load_string(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="k">)"
                       R"(<text y="5" font-size="3" font-family="sans-serif">Aa</text></g></svg>)");
  const auto svg = Svg::open(document);
  const auto painted = svg.and_then([](const Svg& opened) {
    return opened.paint("k", {0, 0, 9, 9}, {9, 9, 25});
  });
  if (!painted) throw std::runtime_error(fmt::format("nothing can be drawn: {}", painted.error().detail));
}

api::Secret read_secret(std::size_t size) {
  api::Bytes bytes(size);
  std::cin.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  return api::Secret::take(std::move(bytes));
}

// A question is answered by the overload for it; true when the process may live on.
bool answer(const render::PlanesOf& question) {
  std::cout << render::answer_bytes(draw(question.card));
  return true;
}

bool answer(const render::PicturesOf& question) {
  const auto faces = draw(question.card);
  grant(processor_time_per_card);  // packing large pictures takes longer than drawing them
  std::cout << render::answer_bytes(
      faces.and_then([&](const api::Faces& drawn) { return pictures_of(drawn, question.card); }));
  return true;
}

bool answer(const render::LetterOf& question) {
  const auto pin = read_secret(question.pin_size);
  const auto puk = read_secret(question.puk_size);
  const auto pdf = draw_letter_pdf(question, pin, puk);
  std::cout << render::letter_header(pdf.map([](const api::Secret& drawn) { return drawn.size(); }));
  if (pdf) std::cout.write(reinterpret_cast<const char*>(pdf->reveal().data()), std::ssize(pdf->reveal()));
  return false;
}

bool answer(const std::string& line) try {
  const auto question = render::parse_question(line);
  if (!question) throw std::runtime_error(question.error().detail);
  return std::visit([](const auto& asked) { return answer(asked); }, *question);
} catch (const std::bad_alloc&) {
  std::cout << render::answer_bytes(api::Result<api::Faces>(
      api::fail(api::Reason::drawingLimit, "drawing this card takes too much memory")));
  return false;
}

}  // namespace

int serve() {
  lock_up();
  warm_up();
  std::ios::sync_with_stdio(false);
  std::cout << render::ready_line << '\n' << std::flush;
  for (std::string line; std::getline(std::cin, line);) {
    grant(processor_time_per_card);
    const bool goes_on = answer(line);
    grant(unlimited);
    std::cout << std::flush;
    if (!goes_on) return 0;
    if (!std::cout) return 1;
  }
  return 0;
}

}  // namespace drawing
