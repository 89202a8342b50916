#pragma once
#include <fmt/format.h>

#include <string>

#include "tests/simulation/clock.hpp"

namespace simulation {

// What happened in a run, a line each, with its virtual time. The hash is of all of it: two runs with the
// same hash did the same. The text is kept only where somebody wants to read it.
class Story {
 public:
  Story(const Clock& clock, bool kept) : clock_(clock), kept_(kept) {}

  template <class... Values>
  void say(fmt::format_string<Values...> form, Values&&... values) {
    line_.clear();
    const auto seconds = std::chrono::duration<double>(clock_.steady().time_since_epoch()).count();
    fmt::format_to(std::back_inserter(line_), "{:10.3f}  ", seconds);
    fmt::format_to(std::back_inserter(line_), form, std::forward<Values>(values)...);
    line_.push_back('\n');
    for (const char letter : line_)
      hash_ = (hash_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;  // FNV-1a
    if (kept_) text_.append(line_.begin(), line_.end());
  }

  std::uint64_t hash() const { return hash_; }
  const std::string& text() const { return text_; }

 private:
  const Clock& clock_;
  bool kept_;
  std::string line_;
  std::string text_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace simulation
