#include "tests/simulation/paper.hpp"

#include <algorithm>

#include "tests/simulation/hazards.hpp"
#include "tests/simulation/texts.hpp"

namespace simulation {
namespace {

enum class Trouble { paperOut, gone, lostBefore, lostAfter };
constexpr std::array troubles{Trouble::paperOut, Trouble::gone, Trouble::lostBefore, Trouble::lostAfter};

}  // namespace

const std::string* Paper::sheet(const std::string& control) const {
  const auto found =
      std::ranges::find_if(tray_, [&](const auto& sheet) { return control_on(sheet) == control; });
  return found == tray_.end() ? nullptr : &*found;
}

// A station that ends meanwhile may have handed over the page, or only its beginning.
void Paper::print_through(const std::string& sheet) {
  constexpr std::chrono::seconds warm_up(6), feed_out(2);
  try {
    pass_(warm_up);
  } catch (const Crash&) {
    if (random_() % 2 == 0) tray_.push_back(sheet);
    throw;
  }
  tray_.push_back(sheet);
  pass_(feed_out);
}

api::Result<> Paper::print(api::BytesView document, std::string_view /*name*/, api::Deadline /*deadline*/) {
  constexpr std::chrono::seconds answer(1), link_limit(20);
  const std::string sheet(document.begin(), document.end());
  const bool troubled = troubles_ > 0 && random_() % 2 == 0;
  if (!troubled) {
    print_through(sheet);
    return {};
  }
  --troubles_;
  const auto trouble = troubles[random_() % troubles.size()];
  if (trouble == Trouble::paperOut || trouble == Trouble::gone) {
    pass_(answer);
    return api::fail(trouble == Trouble::gone ? api::Reason::printerGone : api::Reason::paperOut);
  }
  if (trouble == Trouble::lostAfter) print_through(sheet);
  pass_(link_limit);
  return api::fail_unknown(api::Reason::linkLost);
}

}  // namespace simulation
