#pragma once
#include <filesystem>
#include <memory>
#include <tl/expected.hpp>

#include "daemon/bureau/job.hpp"

namespace bureau {

struct Settings {
  std::filesystem::path outbox;       // folder
  std::filesystem::path recipient;    // PEM: the bureau's certificate
  std::filesystem::path certificate;  // PEM: the station's
  std::filesystem::path key;          // PEM: its private key
};

// Signs and encrypts job files and puts them where something else fetches them. Used by one thread.
class Outbox {
 public:
  // Reads keys and certificates. Throws std::runtime_error with a text for the administrator.
  explicit Outbox(const Settings& settings);
  ~Outbox();
  Outbox(Outbox&&) noexcept;

  // Writes ORDER.p7m, for the daemon's user alone, durably and whole or not at all; what an earlier try left
  // is replaced. An error is a text that says why not.
  tl::expected<void, std::string> write(const Job& job, api::WallTime now) const;

 private:
  struct Self;
  std::unique_ptr<const Self> self_;
};

}  // namespace bureau
