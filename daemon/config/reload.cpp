#include <fmt/format.h>

#include "daemon/config/sections.hpp"

namespace config {
namespace {

// What was found, in the words of the file that says otherwise.
class Findings {
 public:
  explicit Findings(std::filesystem::path file) : file_(std::move(file)) {}

  void cannot_change(const std::string& what) {
    add(what + " cannot change while the station runs and stays as it was");
  }
  void add(std::string text) {
    all_.push_back({file_, 0, std::move(text), "start it again: systemctl restart cardwright"});
  }
  std::vector<Problem> take() && { return std::move(all_); }
  bool none() const { return all_.empty(); }

 private:
  std::filesystem::path file_;
  std::vector<Problem> all_;
};

template <class T>
void keep(const std::string& section, const T& running, T& next, Findings& kept) {
  for (const auto& key : Keys<T>::all) {
    if (key.at_once || key.same(running, next)) continue;
    kept.cannot_change("[" + section + "] " + std::string(key.name));
    key.keep(running, next);
  }
}

void keep_bureau(const std::optional<Bureau>& running, std::optional<Bureau>& next, Findings& kept) {
  if (running && next) return keep("bureau", *running, *next, kept);
  if (running || next) kept.cannot_change("[bureau]");
  next = running;
}

void keep_profiles(const Configuration& running, Configuration& next, Findings& kept) {
  for (const auto& [name, profile] : running.profiles)
    if (!next.profiles.contains(name)) kept.cannot_change("[certificate_profile." + name + "]");
  for (auto& [name, profile] : next.profiles) {
    const auto found = running.profiles.find(name);
    if (found == running.profiles.end())
      kept.cannot_change("[certificate_profile." + name + "]");
    else
      keep("certificate_profile." + name, found->second, profile, kept);
  }
  next.profiles = running.profiles;
}

// What the rest of the new configuration wants of the parts that stay as they are.
Findings missing(const Configuration& running, const Configuration& next) {
  Findings findings(next.file);
  for (const auto& [name, product] : next.products)
    for (const auto& wanted : product.certificates) {
      const auto found = running.profiles.find(wanted.profile);
      if (found == running.profiles.end() || found->second.purpose != wanted.purpose ||
          found->second.algorithm != wanted.algorithm)
        findings.add(fmt::format("[product.{}] certificates: the running station does not know {} like this",
                                 name, in_quotes(wanted.profile)));
    }
  for (const auto& [name, type] : next.production_types)
    if (type.producer == Producer::bureau && !running.bureau)
      findings.add(fmt::format("[production_type.{}] producer: the running station has no [bureau]", name));
  if (next.use_cases.initialize && running.line.hand_encoder.empty())
    findings.add("[use_cases] initialize: the running station has no [line] hand_encoder");
  return findings;
}

}  // namespace

tl::expected<Reloaded, std::vector<Problem>> reload(const Configuration& running, Configuration next) {
  if (auto findings = missing(running, next); !findings.none())
    return tl::unexpected(std::move(findings).take());
  Findings kept(next.file);
  keep("station", running.station, next.station, kept);
  keep("line", running.line, next.line, kept);
  keep("authority", running.authority, next.authority, kept);
  keep("vault", running.vault, next.vault, kept);
  keep("letters", running.letters, next.letters, kept);
  keep("card", running.card, next.card, kept);
  keep_bureau(running.bureau, next.bureau, kept);
  keep_profiles(running, next, kept);
  return Reloaded{std::move(next), std::move(kept).take()};
}

}  // namespace config
