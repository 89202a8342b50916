#include "drivers/piv/invalidate.hpp"

#include <openssl/rand.h>

#include "drivers/piv/identify.hpp"
#include "drivers/piv/management.hpp"
#include "drivers/piv/objects.hpp"
#include "drivers/piv/secrets.hpp"

namespace piv {

namespace {

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

// The order in which to try the two values: the more likely one first, and only that one where it is certain.
std::vector<Held> candidates(Held certain, const Metadata& told) {
  if (certain != Held::unknown) return {certain};
  if (told.factory_value.value_or(false)) return {Held::factory, Held::own};
  return {Held::own, Held::factory};
}

// Changes the secret to a value that nobody keeps. Says which value the chip held, `unknown` if it could not
// be changed. Where the chip cannot say how many tries are left, only a value that is certain is presented.
Held scramble(Channel& channel, const api::ChipIdentity& identity, std::uint8_t reference, Held certain,
              const api::Secret& factory, const api::Secret& own) {
  const api::Secret random = random_digits(secret_block);
  const Metadata told = metadata(channel, identity, reference).value_or(Metadata{});
  for (const Held held : candidates(certain, told)) {
    const api::Secret& current = held == Held::own ? own : factory;
    if (random.empty() || !is_digits(current, pin_minimum)) continue;
    const auto tries = tries_left(channel, identity, reference).value_or(std::nullopt);
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
bool is_ours(const std::optional<api::Bytes>& marker, const api::Uuid& guid, bool certified) {
  return marker ? guid_of(*marker) == guid : !certified;
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
  const auto marker = get_object(channel, chuid_tag, "CHUID");
  if (!marker || !is_ours(*marker, what.guid, certified)) return api::Invalidation::unreachable;
  const Held management =
      open_management(channel, identity, what, possible_keys(what)).value_or(Held::unknown);
  // The order in which a card is made (CHUID, PUK, PIN, management key, certificates) says what must be so.
  const Held made = !*marker                               ? Held::factory
                    : certified || management == Held::own ? Held::own
                                                           : Held::unknown;
  const bool emptied = management != Held::unknown && empty_certificates(channel);
  const Held pin = scramble(channel, identity, pin_reference, made, what.factory_pin, what.pin);
  const Held expected_puk = pin == Held::own ? Held::own : pin == made ? pin : Held::unknown;
  const Held puk = scramble(channel, identity, puk_reference, expected_puk, what.factory_puk, what.puk);
  const bool all = emptied && pin != Held::unknown && puk != Held::unknown;
  return all ? api::Invalidation::invalidated : api::Invalidation::unreachable;
}

}  // namespace piv
