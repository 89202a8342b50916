#include "drivers/piv/piv.hpp"

#include <fmt/format.h>

#include "drivers/piv/identify.hpp"
#include "drivers/piv/invalidate.hpp"
#include "drivers/piv/management.hpp"
#include "drivers/piv/objects.hpp"
#include "drivers/piv/personalise.hpp"

namespace piv {

namespace {

std::string certificate_name(api::KeyPurpose purpose) {
  return fmt::format("certificate {}", slot_of(purpose).name);
}

api::Result<> compare(Channel& channel, std::uint32_t tag, const api::Bytes& expected,
                      const std::string& what) {
  TRY_ASSIGN(content, get_object(channel, tag, what));
  if (!content) return api::fail(api::Reason::verificationMismatch, what + ": not on the chip");
  if (*content != expected) return api::fail(api::Reason::verificationMismatch, what + ": differs");
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
    return piv::personalise(chip, identity, what, deadline);
  }

  api::Result<std::vector<api::PublicKey>> reencode(api::Transport& chip, const api::ChipIdentity& identity,
                                                    const api::Personalisation& what,
                                                    api::Deadline deadline) override {
    return piv::reencode(chip, identity, what, deadline);
  }

  api::Result<> redate(api::Transport& chip, const api::ChipIdentity& identity,
                       const api::Personalisation& what, api::Deadline deadline) override {
    return piv::redate(chip, identity, what, deadline);
  }

  api::Result<> reopen(api::Transport& chip, const api::ChipIdentity& identity,
                       const api::Personalisation& what, api::Deadline deadline) override {
    return piv::reopen(chip, identity, what, deadline);
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
