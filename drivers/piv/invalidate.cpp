#include "drivers/piv/invalidate.hpp"

#include <openssl/rand.h>

#include "drivers/piv/identify.hpp"
#include "drivers/piv/management.hpp"
#include "drivers/piv/objects.hpp"
#include "drivers/piv/secrets.hpp"

namespace piv {

namespace {

// Which value of a secret the chip holds, as far as anything can tell.
enum class Held { unknown, factory, own };

constexpr unsigned enough_tries = 2;  // one to spend, one to leave

api::Secret random_digits(std::size_t count) {
  api::Bytes digits;
  digits.reserve(count);
  while (digits.size() < count) {
    std::uint8_t byte = 0;
    if (RAND_priv_bytes(&byte, 1) != 1) return {};
    if (byte < 250)
      digits.push_back(static_cast<std::uint8_t>('0' + byte % 10));  // 250: no digit is likelier
  }
  return api::Secret::take(std::move(digits));
}

Metadata metadata_or_nothing(Channel& channel, const api::ChipIdentity& identity, std::uint8_t reference) {
  if (!identity.vendor_commands) return {};
  return metadata(channel, reference).value_or(Metadata{});
}

// The order in which to try the two values: the more likely one first, and only that one where it is certain.
std::vector<Held> candidates(Held certain, const Metadata& told) {
  if (certain != Held::unknown) return {certain};
  if (told.factory_value.value_or(false)) return {Held::factory, Held::own};
  return {Held::own, Held::factory};
}

// Authenticates with whichever key the chip holds; each is tried once at most.
Held open_management(Channel& channel, const api::ChipIdentity& identity, const api::Personalisation& what) {
  const Metadata told = metadata_or_nothing(channel, identity, management_reference);
  const Held certain = what.management_key.empty() ? Held::factory : Held::unknown;
  for (const Held held : candidates(certain, told)) {
    const bool own = held == Held::own;
    const api::ManagementAlgorithm algorithm = own ? what.management_algorithm : what.factory_algorithm;
    const api::Secret& key = own ? what.management_key : what.factory_management_key;
    if (key.size() != key_bytes(algorithm) || told.algorithm.value_or(id_of(algorithm)) != id_of(algorithm))
      continue;
    if (authenticate(channel, algorithm, key)) return held;
  }
  return Held::unknown;
}

std::optional<unsigned> tries_left(Channel& channel, const api::ChipIdentity& identity,
                                   std::uint8_t reference) {
  if (const auto told = metadata_or_nothing(channel, identity, reference).tries) return told;
  if (reference != pin_reference) return std::nullopt;
  return pin_tries(channel).value_or(std::nullopt);
}

// Changes the secret to a value that nobody keeps. Says which value the chip held, `unknown` if it could not
// be changed. Where the chip cannot say how many tries are left, only a value that is certain is presented.
Held scramble(Channel& channel, const api::ChipIdentity& identity, std::uint8_t reference, Held certain,
              const api::Secret& factory, const api::Secret& own) {
  const api::Secret random = random_digits(secret_block);
  const Metadata told = metadata_or_nothing(channel, identity, reference);
  for (const Held held : candidates(certain, told)) {
    const api::Secret& current = held == Held::own ? own : factory;
    if (random.empty() || !is_digits(current, pin_minimum)) continue;
    const auto tries = tries_left(channel, identity, reference);
    if (tries.value_or(certain == Held::unknown ? 0 : enough_tries) < enough_tries) return Held::unknown;
    if (change_secret(channel, reference, current, random)) return held;
  }
  return Held::unknown;
}

bool carries_certificates(Channel& channel) {
  for (const SlotRow& slot : slot_rows)
    if (get_object(channel, slot.certificate_tag, slot.name).value_or(std::nullopt)) return true;
  return false;
}

// Is it the chip of this attempt? The CHUID is the first that is written: a chip with another one, or with
// certificates but none, is somebody's, and nothing of it is touched.
bool is_ours(Channel& channel, const api::Uuid& guid, bool certified) {
  const auto content = get_object(channel, chuid_tag, "CHUID");
  if (!content) return false;
  return content->has_value() ? guid_of(**content) == guid : !certified;
}

bool empty_certificates(Channel& channel) {
  for (const SlotRow& slot : slot_rows)
    if (!put_object(channel, slot.certificate_tag, {}, slot.name)) return false;
  return true;
}

}  // namespace

api::Invalidation invalidate(api::Transport& chip, const api::ChipIdentity& identity,
                             const api::Personalisation& what, api::Deadline deadline) {
  if (!chip.reset(deadline)) return api::Invalidation::unreachable;
  Channel channel(chip, identity.extended_length, deadline);
  if (!select(channel)) return api::Invalidation::unreachable;
  const bool certified = carries_certificates(channel);
  if (!is_ours(channel, what.guid, certified)) return api::Invalidation::unreachable;
  // The order in which a card is personalised (PIN, PUK, management key, certificates) says what must be so.
  const Held management = open_management(channel, identity, what);
  const bool past_secrets = certified || management == Held::own;
  const bool emptied = management != Held::unknown && empty_certificates(channel);
  const Held pin = scramble(channel, identity, pin_reference, past_secrets ? Held::own : Held::unknown,
                            what.factory_pin, what.pin);
  const Held expected_puk = pin == Held::factory ? Held::factory : past_secrets ? pin : Held::unknown;
  const Held puk = scramble(channel, identity, puk_reference, expected_puk, what.factory_puk, what.puk);
  const bool all = emptied && pin != Held::unknown && puk != Held::unknown;
  return all ? api::Invalidation::invalidated : api::Invalidation::unreachable;
}

}  // namespace piv
