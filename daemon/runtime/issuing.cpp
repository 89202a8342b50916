#include "daemon/runtime/issuing.hpp"

#include <algorithm>

#include <cassert>

#include <fmt/format.h>

#include "daemon/authority/public_key.hpp"
#include "daemon/core/production.hpp"
#include "daemon/vault/keys.hpp"
#include "daemon/vault/pin.hpp"

namespace runtime {

using api::Reason;
using core::Brought;

namespace {

// The version of the derivation of management keys; it grows when the master key is changed.
constexpr unsigned management_key_version = 1;

bool encodes_again(const Job& job) {
  return job.attempt.kind == core::AttemptKind::reencode;
}
// Keys, PIN and PUK stay as they are on the chip.
bool extends(const Job& job) {
  return encodes_again(job) && job.attempt.then == core::Verb::extend;
}

const core::ProductCertificate& certificate_for(const core::Product& product, api::KeyPurpose purpose) {
  const auto row = std::ranges::find(product.certificates, purpose, &core::ProductCertificate::purpose);
  assert(row != product.certificates.end());
  return *row;
}

// Those of the keys that are on the chip now: an attempt that was taken up again has revoked ones besides.
std::vector<api::CardCertificate> issued(const Job& job) {
  std::vector<api::CardCertificate> certificates;
  for (const auto& certificate : job.certificates)
    if (certificate.state == core::CertificateState::issued)
      certificates.push_back({certificate.purpose, certificate.der});
  return certificates;
}

// The keys that are to be certified. Those that stay as they are on the chip are in its certificates.
api::Result<std::vector<api::PublicKey>> keys_of(const ChipSession& session, const Job& job) {
  if (!extends(job)) return session.keys;
  std::vector<api::PublicKey> keys;
  for (const auto& certificate : job.chip_certificates) {
    auto info = authority::public_key_info(certificate.der);
    if (!info) return api::fail(Reason::authorityRefused, "a certificate of the card cannot be read");
    const auto wanted =
        std::ranges::find(job.product.certificates, certificate.purpose, &core::ProductCertificate::purpose);
    if (wanted == job.product.certificates.end()) continue;
    keys.push_back({certificate.purpose, wanted->algorithm, *std::move(info)});
  }
  return keys;
}

// The certificate that this key of the card is asked for.
api::Result<authority::Request> certificate_request(const std::vector<api::PublicKey>& keys, const Job& job,
                                                    api::KeyPurpose purpose) {
  const auto key = std::ranges::find(keys, purpose, &api::PublicKey::purpose);
  if (key == keys.end()) return api::fail(Reason::authorityRefused, "there is no key for this certificate");
  authority::Request request;
  request.subject_public_key_info = key->subject_public_key_info;
  request.number = job.card.number;
  request.guid = guid_of(job);
  request.name = job.holder.name;
  request.upn = job.holder.upn;
  request.email = job.holder.email;
  request.not_after = std::chrono::sys_days(chip_end_of(job));
  return request;
}

}  // namespace

core::AttemptId guid_of(const Job& job) {
  return encodes_again(job) ? job.card.guid.value() : job.attempt.id;
}

std::chrono::year_month_day chip_end_of(const Job& job) {
  return std::chrono::floor<std::chrono::days>(core::chip_end(job.product, job.card, job.attempt));
}

api::Result<> check_end(const Job& job, const authority::Authority& authority) {
  if (job.product.certificates.empty() || authority.not_after() >= std::chrono::sys_days(chip_end_of(job)))
    return {};
  return api::fail(Reason::authorityRefused,
                   fmt::format("the authority ends before a card of {} days: renew it, or lower pool_days",
                               job.product.pool_days));
}

api::Result<> check_supported(const Job& job, const api::ChipIdentity& identity) {
  if (!job.product.own_management_key || identity.vendor_commands) return {};
  return api::fail(Reason::chipUnsupported,
                   "it cannot change its management key: use a product with management_key = \"supplied\"");
}

api::Result<api::Secret> puk_of(const Job& job, const vault::Vault& vault) {
  const auto& sealed = encodes_again(job) ? job.chip_secrets.puk : job.sealed.puk;
  auto puk = vault.unseal(sealed, guid_of(job), vault::Purpose::puk);
  if (!puk) return api::fail(Reason::vaultRefused, std::string(api::text_of(puk.error())));
  return *std::move(puk);
}

api::Result<api::Personalisation> personalisation_of(const Job& job, const api::ChipIdentity& identity,
                                                     const ChipSettings& chips, const vault::Vault& vault) {
  api::Personalisation what;
  what.guid = guid_of(job);
  what.expiry = chip_end_of(job);
  what.factory_algorithm = chips.factory_algorithm;
  what.factory_management_key = chips.factory_management_key.copy();
  what.management_algorithm = chips.management_algorithm;
  if (job.product.own_management_key) {
    const auto chip = identity.serial.empty() ? core::uuid_text(what.guid) : identity.serial;
    what.management_key = vault::management_key(chips.master_key, identity.family, chip,
                                                management_key_version, chips.management_algorithm);
  }
  what.factory_pin = chips.factory_pin.copy();
  what.factory_puk = chips.factory_puk.copy();
  if (extends(job)) return what;
  auto pin = vault.unseal(job.sealed.pin, job.attempt.id, vault::Purpose::pin);
  if (!pin) return api::fail(Reason::vaultRefused);
  what.pin = std::move(*pin);
  TRY_ASSIGN(puk, puk_of(job, vault));
  what.puk = std::move(puk);
  for (const auto& certificate : job.product.certificates)
    what.keys.push_back({certificate.purpose, certificate.algorithm});
  return what;
}

// A PUK is made once in a card's life.
api::Result<Brought> seal_secrets(const Job& job, const ChipTools& tools) {
  core::Sealed sealed;
  const auto pin = vault::generate_pin(job.product.pin_length, tools.chips.factory_pin.reveal());
  sealed.pin = tools.vault.seal(pin, job.attempt.id, vault::Purpose::pin);
  if (encodes_again(job)) return sealed;
  const auto puk = vault::generate_pin(job.product.puk_length, tools.chips.factory_puk.reveal());
  sealed.puk = tools.vault.seal(puk, job.attempt.id, vault::Purpose::puk);
  return sealed;
}

api::Result<> unseal(ChipSession& session, const Job& job, const ChipTools& tools) {
  if (session.what) return {};
  TRY_ASSIGN(what, personalisation_of(job, session.identity, tools.chips, tools.vault));
  session.what = std::move(what);
  return {};
}

api::Result<Brought> key_chip(ChipSession& session, const Job& job, const ChipTools& tools,
                              api::Deadline deadline) {
  TRY(unseal(session, job, tools));
  auto& family = tools.family;
  TRY_ASSIGN(keys, encodes_again(job)
                       ? family.reencode(*session.chip, session.identity, *session.what, deadline)
                       : family.personalise(*session.chip, session.identity, *session.what, deadline));
  session.keys = std::move(keys);
  session.open = true;
  return Brought{};
}

api::Result<Brought> reserve_certificates(const ChipSession& session, const Job& job,
                                          const ChipTools& tools) {
  core::Certified reserved;
  TRY_ASSIGN(keys, keys_of(session, job));
  for (const auto& wanted : job.product.certificates) {
    const auto* profile = tools.authority.profile(wanted.profile);
    if (!profile) return api::fail(Reason::authorityRefused, "there is no profile " + wanted.profile);
    TRY_ASSIGN(request, certificate_request(keys, job, wanted.purpose));
    TRY_ASSIGN(serial, tools.authority.reserve_serial());
    TRY_ASSIGN(body, tools.authority.prepare(*profile, request, serial, tools.clock.wall()));
    core::Certificate certificate;
    certificate.serial.assign(serial.begin(), serial.end());
    certificate.attempt = job.attempt.id;
    certificate.purpose = wanted.purpose;
    certificate.to_be_signed = std::move(body);
    reserved.certificates.push_back(std::move(certificate));
  }
  return reserved;
}

api::Result<Brought> sign_certificates(const ChipSession& session, const Job& job, const ChipTools& tools) {
  core::Certified issued;
  TRY_ASSIGN(keys, keys_of(session, job));
  for (auto certificate : job.certificates) {
    if (certificate.state != core::CertificateState::reserved) continue;
    const auto& wanted = certificate_for(job.product, certificate.purpose);
    const auto serial = authority::serial_from_hex(api::to_hex(certificate.serial));
    assert(serial && "it was reserved by this authority");
    TRY_ASSIGN(request, certificate_request(keys, job, certificate.purpose));
    TRY(authority::verdict(tools.authority.lint(certificate.to_be_signed,
                                                *tools.authority.profile(wanted.profile), request, *serial,
                                                tools.clock.wall())));
    TRY_ASSIGN(der, tools.authority.sign(certificate.to_be_signed));
    certificate.der = std::move(der);
    certificate.state = core::CertificateState::issued;
    issued.certificates.push_back(std::move(certificate));
  }
  return issued;
}

api::Result<Brought> write_chip(ChipSession& session, const Job& job, const ChipTools& tools,
                                api::Deadline deadline) {
  TRY(unseal(session, job, tools));
  auto& family = tools.family;
  if (extends(job)) {
    TRY(family.redate(*session.chip, session.identity, *session.what, deadline));
  } else if (!session.open) {
    TRY(family.reopen(*session.chip, session.identity, *session.what, deadline));
  }
  session.open = true;
  TRY(family.write_certificates(*session.chip, session.identity, *session.what, issued(job), deadline));
  return Brought{};
}

api::Result<Brought> verify_chip(ChipSession& session, const Job& job, const ChipTools& tools,
                                 api::Deadline deadline) {
  TRY(unseal(session, job, tools));
  TRY(tools.family.verify(*session.chip, session.identity, *session.what, issued(job), deadline));
  return Brought{};
}

}  // namespace runtime
