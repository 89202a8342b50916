#include <algorithm>

#include <cassert>

#include "daemon/runtime/bench.hpp"
#include "daemon/vault/keys.hpp"

// The part of the bench that has to do with secrets and certificates.
namespace runtime {

using api::Reason;
using core::Brought;

namespace {

// The version of the derivation of management keys; it grows when the master key is changed.
constexpr unsigned management_key_version = 1;

const core::ProductCertificate& certificate_for(const core::Product& product, api::KeyPurpose purpose) {
  const auto row = std::ranges::find(product.certificates, purpose, &core::ProductCertificate::purpose);
  assert(row != product.certificates.end());
  return *row;
}

}  // namespace

api::Result<api::Personalisation> personalisation_of(const Job& job, const api::ChipIdentity& identity,
                                                     const ChipSettings& chips, const vault::Vault& vault) {
  auto pin = vault.unseal(job.sealed.pin, job.attempt.id, vault::Purpose::pin);
  auto puk = vault.unseal(job.sealed.puk, job.attempt.id, vault::Purpose::puk);
  if (!pin || !puk) return api::fail(Reason::vaultRefused);
  api::Personalisation what;
  what.guid = job.attempt.id;
  what.expiry = expiry_of(job.product, job.attempt.started);
  what.factory_algorithm = chips.factory_algorithm;
  what.factory_management_key = chips.factory_management_key.copy();
  what.management_algorithm = chips.management_algorithm;
  if (job.product.own_management_key) {
    const auto chip = identity.serial.empty() ? core::uuid_text(job.attempt.id) : identity.serial;
    what.management_key = vault::management_key(chips.master_key, identity.family, chip,
                                                management_key_version, chips.management_algorithm);
  }
  what.factory_pin = chips.factory_pin.copy();
  what.factory_puk = chips.factory_puk.copy();
  what.pin = std::move(*pin);
  what.puk = std::move(*puk);
  for (const auto& certificate : job.product.certificates)
    what.keys.push_back({certificate.purpose, certificate.algorithm});
  return what;
}

// The certificate that this key of the card in the machine is asked for.
api::Result<authority::Request> Bench::certificate_request(const Job& job, api::KeyPurpose purpose) const {
  const auto key = std::ranges::find(session_.keys, purpose, &api::PublicKey::purpose);
  if (key == session_.keys.end())
    return api::fail(Reason::authorityRefused, "there is no key for this certificate");
  authority::Request request;
  request.subject_public_key_info = key->subject_public_key_info;
  request.number = job.card.number;
  request.guid = job.attempt.id;
  request.not_after = std::chrono::sys_days(expiry_of(job.product, job.attempt.started));
  return request;
}

api::Result<Brought> Bench::reserve(const Job& job) {
  core::Certified reserved;
  for (const auto& wanted : job.product.certificates) {
    const auto* profile = parts_.authority.profile(wanted.profile);
    if (!profile) return api::fail(Reason::authorityRefused, "there is no profile " + wanted.profile);
    TRY_ASSIGN(request, certificate_request(job, wanted.purpose));
    TRY_ASSIGN(serial, parts_.authority.reserve_serial());
    TRY_ASSIGN(body, parts_.authority.prepare(*profile, request, serial, parts_.clock.wall()));
    core::Certificate certificate;
    certificate.serial.assign(serial.begin(), serial.end());
    certificate.attempt = job.attempt.id;
    certificate.purpose = wanted.purpose;
    certificate.to_be_signed = std::move(body);
    reserved.certificates.push_back(std::move(certificate));
  }
  return reserved;
}

api::Result<Brought> Bench::certify(const Job& job) {
  core::Certified issued;
  for (auto certificate : job.certificates) {
    if (certificate.state != core::CertificateState::reserved) continue;
    const auto& wanted = certificate_for(job.product, certificate.purpose);
    const auto serial = authority::serial_from_hex(api::to_hex(certificate.serial));
    assert(serial && "it was reserved by this authority");
    TRY_ASSIGN(request, certificate_request(job, certificate.purpose));
    TRY(authority::verdict(parts_.authority.lint(certificate.to_be_signed,
                                                 *parts_.authority.profile(wanted.profile), request, *serial,
                                                 parts_.clock.wall())));
    TRY_ASSIGN(der, parts_.authority.sign(certificate.to_be_signed));
    certificate.der = std::move(der);
    certificate.state = core::CertificateState::issued;
    issued.certificates.push_back(std::move(certificate));
  }
  return issued;
}

}  // namespace runtime
