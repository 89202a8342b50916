#pragma once
#include <utility>

#include "drivers/api/bytes.hpp"

namespace api {

// A PIN, PUK or key in clear. It is wiped when it goes, cannot be printed or compared by accident, and is
// copied only by saying so. Everything that carries a secret between two functions carries it as this type.
class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(BytesView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  // Takes the bytes over and leaves `bytes` empty; nothing of them stays behind in the vector handed in.
  static Secret take(Bytes&& bytes) noexcept;

  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret copy() const { return Secret(reveal()); }
  // The clear bytes; valid as long as this object. Never store what is returned.
  [[nodiscard]] BytesView reveal() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

 private:
  Bytes bytes_;  // never grows after construction: a reallocation would leave a copy behind
};

// Wipes clear bytes that could not be a Secret (a command buffer, say). The compiler may not remove it.
void wipe(Bytes& bytes) noexcept;
void wipe(std::string& text) noexcept;

}  // namespace api
