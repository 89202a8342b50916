#include "drivers/piv/personalise.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/piv/identify.hpp"
#include "drivers/piv/keys.hpp"
#include "drivers/piv/management.hpp"
#include "drivers/piv/objects.hpp"
#include "drivers/piv/secrets.hpp"

namespace piv {

namespace {

using api::Reason;

bool same(const api::Secret& a, const api::Secret& b) {
  const api::BytesView left = a.reveal(), right = b.reveal();
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

api::Result<> check_secrets(const api::Personalisation& what) {
  if (!is_digits(what.pin, pin_minimum) || !is_digits(what.factory_pin, pin_minimum))
    return api::fail(Reason::chipUnsupported, "a PIN of PIV has 6 to 8 digits");
  if (!is_digits(what.puk, puk_digits) || !is_digits(what.factory_puk, puk_digits))
    return api::fail(Reason::chipUnsupported, "a PUK of PIV has 8 digits");
  // The change succeeding proves that the factory value is gone only if the new value is another.
  if (same(what.pin, what.factory_pin) || same(what.puk, what.factory_puk))
    return api::fail(Reason::chipUnsupported, "the new PIN or PUK is the factory's");
  if (what.factory_management_key.size() != key_bytes(what.factory_algorithm))
    return api::fail(Reason::chipUnsupported, "the factory management key has not its algorithm's length");
  if (!what.management_key.empty() && what.management_key.size() != key_bytes(what.management_algorithm))
    return api::fail(Reason::chipUnsupported, "the card's management key has not its algorithm's length");
  return {};
}

api::Result<> check_keys(const api::Personalisation& what) {
  for (std::size_t i = 0; i < what.keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (what.keys[i].purpose == what.keys[j].purpose)
        return api::fail(Reason::chipUnsupported, "two keys for one purpose");
  return {};
}

// What can be known before the chip is touched.
api::Result<> check_admissible(const api::ChipIdentity& identity, const api::Personalisation& what) {
  if (!identity.fresh && identity.guid != what.guid)
    return api::fail(Reason::chipNotFresh, "there is another CHUID, or a certificate, on it");
  TRY(check_secrets(what));
  if (!what.management_key.empty() && !identity.vendor_commands)
    return api::fail(Reason::chipUnsupported, "this chip cannot change its management key");
  TRY(check_keys(what));
  if (identity.pin_tries.value_or(2) < 2 || identity.puk_tries.value_or(2) < 2)
    return api::fail(Reason::tryCounterLow,
                     fmt::format("tries left: PIN {}, PUK {}", identity.pin_tries.value_or(2),
                                 identity.puk_tries.value_or(2)));
  return {};
}

// The signature key (PIN always) first: it must follow VERIFY directly.
api::Result<> prove_all(Channel& channel, const std::vector<api::PublicKey>& keys) {
  using enum api::KeyPurpose;
  for (const api::KeyPurpose purpose : {signature, authentication, keyManagement, cardAuthentication})
    for (const api::PublicKey& key : keys)
      if (key.purpose == purpose) TRY(prove(channel, key));
  return {};
}

// The order CHUID, PUK, PIN, management key, keys is what a later call relies on: each of them proves those
// before it.
api::Result<> set_up(Channel& channel, const api::Personalisation& what) {
  TRY(select(channel));
  TRY(authenticate(channel, what.factory_algorithm, what.factory_management_key));
  TRY(put_object(channel, chuid_tag, chuid(what.guid, what.expiry), "CHUID"));
  TRY(change_secret(channel, puk_reference, what.factory_puk, what.puk));
  TRY(change_secret(channel, pin_reference, what.factory_pin, what.pin));
  if (!what.management_key.empty())
    TRY(set_management_key(channel, what.management_algorithm, what.management_key));
  return {};
}

// The content of the CHUID, which must have the GUID.
api::Result<api::Bytes> read_marker(Channel& channel, const api::Uuid& guid) {
  TRY_ASSIGN(content, get_object(channel, chuid_tag, "CHUID"));
  if (!content) return api::fail(Reason::verificationMismatch, "CHUID: not on the chip");
  if (guid_of(*content) != guid) return api::fail(Reason::chipNotFresh, "there is another CHUID on it");
  return *std::move(content);
}

api::Result<> set_date(Channel& channel, const api::Bytes& marker, const api::Personalisation& what) {
  const api::Bytes content = chuid(what.guid, what.expiry);
  if (marker == content) return {};
  return put_object(channel, chuid_tag, content, "CHUID");
}

api::Result<> check_ours(const api::ChipIdentity& identity, const api::Personalisation& what) {
  if (identity.guid == what.guid) return {};
  return api::fail(Reason::chipNotFresh, "this is another card, or none of ours");
}

// Authenticates with the key that a finished card has. The content of its CHUID.
api::Result<api::Bytes> open_finished(Channel& channel, const api::ChipIdentity& identity,
                                      const api::Personalisation& what) {
  TRY(select(channel));
  TRY_ASSIGN(marker, read_marker(channel, what.guid));
  TRY(open_management(channel, identity, what, {final_key(what)}));
  return marker;
}

// May a value be presented? Only where the chip says that a try is left after it; where it says nothing, only
// a value that must be right.
api::Result<> spare_a_try(Channel& channel, const api::ChipIdentity& identity, std::uint8_t reference,
                          bool certain) {
  const std::string_view name = reference == pin_reference ? "PIN" : "PUK";
  TRY_ASSIGN(left, tries_left(channel, identity, reference));
  if (left.value_or(certain ? enough_tries : 0) >= enough_tries) return {};
  return api::fail(
      Reason::tryCounterLow,
      left ? fmt::format("{}: {} tries left", name, *left)
           : fmt::format("{}: the chip tells neither which one it holds nor how many tries are left", name));
}

// Which PIN the chip holds: the factory's only by the chip's own word, the card's own by VERIFY.
api::Result<Held> find_pin(Channel& channel, const api::ChipIdentity& identity,
                           const api::Personalisation& what, Held management) {
  TRY_ASSIGN(told, metadata(channel, identity, pin_reference));
  TRY(spare_a_try(channel, identity, pin_reference, management == Held::own));
  if (told.factory_value.value_or(false)) return Held::factory;
  TRY(verify_pin(channel, what.pin));
  return Held::own;
}

// PUK and PIN become the card's own, in the order of `set_up`: a PIN that is the card's own proves the PUK.
api::Result<> settle_secrets(Channel& channel, const api::ChipIdentity& identity,
                             const api::Personalisation& what, Held management) {
  TRY_ASSIGN(pin, find_pin(channel, identity, what, management));
  if (pin == Held::own) return {};
  TRY_ASSIGN(told, metadata(channel, identity, puk_reference));
  TRY(spare_a_try(channel, identity, puk_reference, false));
  // A PUK cannot be verified; changing the card's own to itself proves it just as well.
  const bool factory = told.factory_value.value_or(false);
  TRY(change_secret(channel, puk_reference, factory ? what.factory_puk : what.puk, what.puk));
  return change_secret(channel, pin_reference, what.factory_pin, what.pin);
}

// Brings a chip that an earlier call has marked to where `set_up` ends.
api::Result<> take_up(Channel& channel, const api::ChipIdentity& identity, const api::Personalisation& what) {
  TRY(select(channel));
  TRY_ASSIGN(marker, read_marker(channel, what.guid));
  TRY_ASSIGN(management, open_management(channel, identity, what, possible_keys(what)));
  TRY(set_date(channel, marker, what));
  TRY(settle_secrets(channel, identity, what, management));
  if (management != final_key(what))
    TRY(set_management_key(channel, what.management_algorithm, what.management_key));
  return {};
}

api::Result<std::vector<api::PublicKey>> make_keys(Channel& channel, const api::Personalisation& what) {
  std::vector<api::PublicKey> keys;
  for (const api::KeyRequest& request : what.keys) {
    TRY_ASSIGN(key, generate(channel, request));
    keys.push_back(std::move(key));
  }
  TRY(verify_pin(channel, what.pin));
  TRY(prove_all(channel, keys));
  return keys;
}

}  // namespace

api::Result<std::vector<api::PublicKey>> personalise(api::Transport& chip, const api::ChipIdentity& identity,
                                                     const api::Personalisation& what,
                                                     api::Deadline deadline) {
  TRY(check_admissible(identity, what));
  Channel channel(chip, identity.extended_length, deadline);
  if (identity.fresh) {
    TRY(set_up(channel, what));
  } else {
    TRY(chip.reset(deadline));  // a PIN verified before would hide its counter
    TRY(take_up(channel, identity, what));
  }
  return make_keys(channel, what);
}

api::Result<std::vector<api::PublicKey>> reencode(api::Transport& chip, const api::ChipIdentity& identity,
                                                  const api::Personalisation& what, api::Deadline deadline) {
  TRY(check_ours(identity, what));
  TRY(check_secrets(what));
  TRY(check_keys(what));
  TRY(chip.reset(deadline));
  Channel channel(chip, identity.extended_length, deadline);
  TRY_ASSIGN(marker, open_finished(channel, identity, what));
  // Only a finished card comes back, so this is its PUK; where no counter can be read that has to do.
  TRY(spare_a_try(channel, identity, puk_reference, true));
  TRY(reset_pin(channel, what.puk, what.pin));
  TRY(set_date(channel, marker, what));
  return make_keys(channel, what);
}

api::Result<> redate(api::Transport& chip, const api::ChipIdentity& identity,
                     const api::Personalisation& what, api::Deadline deadline) {
  TRY(check_ours(identity, what));
  TRY(chip.reset(deadline));
  Channel channel(chip, identity.extended_length, deadline);
  TRY_ASSIGN(marker, open_finished(channel, identity, what));
  return set_date(channel, marker, what);
}

api::Result<> reopen(api::Transport& chip, const api::ChipIdentity& identity,
                     const api::Personalisation& what, api::Deadline deadline) {
  TRY(chip.reset(deadline));
  Channel channel(chip, identity.extended_length, deadline);
  TRY(open_finished(channel, identity, what));
  return {};
}

}  // namespace piv
