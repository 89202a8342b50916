#include "daemon/vault/letter.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "drivers/api/durable_file.hpp"

namespace vault {
namespace {

// Without letters that are taken for digits (Crockford's base 32); 32 of them, so that a byte has no bias.
constexpr std::string_view control_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t control_groups = 3;
constexpr std::size_t control_group_size = 4;

std::string control_number() {
  std::array<std::uint8_t, control_groups * control_group_size> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) std::abort();
  std::string number;
  for (std::size_t i = 0; i < random.size(); ++i) {
    if (i != 0 && i % control_group_size == 0) number += '-';
    number += control_alphabet[random[i] % control_alphabet.size()];
  }
  return number;
}

// An id becomes a file name only if it can be nothing else.
bool names_a_file(std::string_view id) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return !id.empty() && id.size() <= 128 && id.front() != '.' &&
         id.find_first_not_of(allowed) == std::string_view::npos;
}

void append(api::Bytes& text, api::BytesView bytes) {
  assert(text.size() + bytes.size() <= text.capacity());  // a reallocation would leave the PIN behind
  text.insert(text.end(), bytes.begin(), bytes.end());
}

constexpr std::string_view instructions =
    "\nKeep this letter apart from the card and show it to nobody.\n"
    "Change the PIN when you use the card for the first time, then destroy this letter.\n"
    "After too many wrong tries the card locks itself; ask the issuer to unlock it.\n"
    "If the seal of this letter was broken, or the card was not handed to you, tell the issuer.\n";

api::Secret compose(const Letter& letter, std::string_view control) {
  api::Bytes text;
  text.reserve(1024 + letter.product.size());
  const auto line = [&text](std::string_view label, api::BytesView value) {
    append(text, api::bytes_of(label));
    append(text, value);
    append(text, api::bytes_of("\n"));
  };
  line("", api::bytes_of(letter.product));
  line("Control number: ", api::bytes_of(control));
  line("\nPIN: ", letter.pin.reveal());
  if (!letter.puk.empty()) line("PUK: ", letter.puk.reveal());
  append(text, api::bytes_of(instructions));
  return api::Secret::take(std::move(text));
}

}  // namespace

tl::expected<std::string, std::string> write_letter(const std::filesystem::path& directory,
                                                    const Letter& letter) {
  if (!names_a_file(letter.card))
    return tl::unexpected("no letter can be named after the card " + letter.card);
  assert(!letter.pin.empty());
  const std::string control = control_number();
  const api::Secret text = compose(letter, control);
  const auto written =
      api::write_durably(directory / (letter.card + ".txt"), text.reveal(), api::IfExists::replace);
  if (!written) return tl::unexpected(written.error());
  return control;
}

}  // namespace vault
