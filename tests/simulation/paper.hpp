#pragma once
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "drivers/api/document_printer.hpp"

namespace simulation {

// A printer for paper with its tray. What the station handed to it comes out, or does not, whatever becomes
// of the station meanwhile.
class Paper final : public api::DocumentPrinter {
 public:
  // `pass` lets time go by, and may throw Crash. `troubles`: so often something is wrong with it.
  Paper(std::mt19937_64& random, std::function<void(std::chrono::nanoseconds)> pass, unsigned troubles)
      : random_(random), pass_(std::move(pass)), troubles_(troubles) {}

  api::Result<> print(api::BytesView document, std::string_view name, api::Deadline deadline) override;

  // Every sheet that ever came out, as it can be read: somebody took it, but it is there.
  const std::vector<std::string>& tray() const { return tray_; }
  // The sheet with this control number; null: there is none.
  const std::string* sheet(const std::string& control) const;

 private:
  void print_through(const std::string& sheet);

  std::mt19937_64& random_;
  std::function<void(std::chrono::nanoseconds)> pass_;
  unsigned troubles_;
  std::vector<std::string> tray_;
};

}  // namespace simulation
