#include "drivers/piv/piv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/piv/identify.hpp"
#include "drivers/piv/invalidate.hpp"
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

// What can be known before the chip is touched.
api::Result<> check_admissible(const api::ChipIdentity& identity, const api::Personalisation& what) {
  if (!identity.fresh) return api::fail(Reason::chipNotFresh, "there is a CHUID or a certificate on it");
  TRY(check_secrets(what));
  if (!what.management_key.empty() && !identity.vendor_commands)
    return api::fail(Reason::chipUnsupported, "this chip cannot change its management key");
  for (std::size_t i = 0; i < what.keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (what.keys[i].purpose == what.keys[j].purpose)
        return api::fail(Reason::chipUnsupported, "two keys for one purpose");
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

std::string certificate_name(api::KeyPurpose purpose) {
  return fmt::format("certificate {}", slot_of(purpose).name);
}

api::Result<> compare(Channel& channel, std::uint32_t tag, const api::Bytes& expected,
                      const std::string& what) {
  TRY_ASSIGN(content, get_object(channel, tag, what));
  if (!content) return api::fail(Reason::verificationMismatch, what + ": not on the chip");
  if (*content != expected) return api::fail(Reason::verificationMismatch, what + ": differs");
  return {};
}

class Piv final : public api::CardFamily {
 public:
  explicit Piv(Options options) : options_(options) {}

  std::string_view name() const noexcept override { return "piv"; }

  api::Result<api::ChipIdentity> identify(api::Transport& chip, api::Deadline deadline) override {
    const bool extended = options_.allow_extended_length && offers_extended_length(chip.atr());
    return piv::identify(chip, extended, deadline);
  }

  api::Result<std::vector<api::PublicKey>> personalise(api::Transport& chip,
                                                       const api::ChipIdentity& identity,
                                                       const api::Personalisation& what,
                                                       api::Deadline deadline) override {
    TRY(check_admissible(identity, what));
    Channel channel(chip, identity.extended_length, deadline);
    TRY(select(channel));
    TRY(authenticate(channel, what.factory_algorithm, what.factory_management_key));
    TRY(put_object(channel, chuid_tag, chuid(what.guid, what.expiry), "CHUID"));
    TRY(change_secret(channel, pin_reference, what.factory_pin, what.pin));
    TRY(change_secret(channel, puk_reference, what.factory_puk, what.puk));
    if (!what.management_key.empty())
      TRY(set_management_key(channel, what.management_algorithm, what.management_key));
    std::vector<api::PublicKey> keys;
    for (const api::KeyRequest& request : what.keys) {
      TRY_ASSIGN(key, generate(channel, request));
      keys.push_back(std::move(key));
    }
    TRY(verify_pin(channel, what.pin));
    TRY(prove_all(channel, keys));
    return keys;
  }

  api::Result<> write_certificates(api::Transport& chip, const api::ChipIdentity& identity,
                                   const api::Personalisation& what,
                                   const std::vector<api::CardCertificate>& certificates,
                                   api::Deadline deadline) override {
    std::vector<api::Bytes> objects;  // all of them fit before the first is written
    for (const api::CardCertificate& certificate : certificates) {
      TRY_ASSIGN(object, certificate_object(certificate.der));
      objects.push_back(std::move(object));
    }
    Channel channel(chip, identity.extended_length, deadline);
    TRY(put_object(channel, capability_tag, capability_container(what.guid), "capability container"));
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const api::KeyPurpose purpose = certificates[i].purpose;
      TRY(put_object(channel, slot_of(purpose).certificate_tag, objects[i], certificate_name(purpose)));
    }
    return {};
  }

  api::Result<> verify(api::Transport& chip, const api::ChipIdentity& identity,
                       const api::Personalisation& what,
                       const std::vector<api::CardCertificate>& certificates,
                       api::Deadline deadline) override {
    const bool own = !what.management_key.empty();
    TRY(chip.reset(deadline));
    Channel channel(chip, identity.extended_length, deadline);
    TRY(select(channel));
    TRY(authenticate(channel, own ? what.management_algorithm : what.factory_algorithm,
                     own ? what.management_key : what.factory_management_key));
    TRY(compare(channel, chuid_tag, chuid(what.guid, what.expiry), "CHUID"));
    TRY(compare(channel, capability_tag, capability_container(what.guid), "capability container"));
    for (const api::CardCertificate& certificate : certificates) {
      TRY_ASSIGN(expected, certificate_object(certificate.der));
      TRY(compare(channel, slot_of(certificate.purpose).certificate_tag, expected,
                  certificate_name(certificate.purpose)));
    }
    return {};
  }

  api::Invalidation invalidate(api::Transport& chip, const api::ChipIdentity& identity,
                               const api::Personalisation& what, api::Deadline deadline) override {
    return piv::invalidate(chip, identity, what, deadline);
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<api::CardFamily> make_piv(Options options) {
  return std::make_unique<Piv>(options);
}

}  // namespace piv
