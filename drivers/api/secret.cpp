#include "drivers/api/secret.hpp"

#include <string.h>

namespace api {

Secret Secret::take(Bytes&& bytes) noexcept {
  Secret secret;
  secret.bytes_.swap(bytes);
  return secret;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

Secret::~Secret() {
  wipe(bytes_);
}

void wipe(Bytes& bytes) noexcept {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
  bytes.clear();
}

void wipe(std::string& text) noexcept {
  if (!text.empty()) ::explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace api
