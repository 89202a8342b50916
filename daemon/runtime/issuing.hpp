#pragma once
#include "daemon/authority/authority.hpp"
#include "daemon/runtime/job.hpp"
#include "daemon/vault/vault.hpp"
#include "drivers/api/card_family.hpp"

// What the chip of a card gets, whether the card is in the machine or a person has put it in: secrets, keys,
// certificates.
namespace runtime {

// What every blank of this station has from its factory, and what makes its own keys.
struct ChipSettings {
  api::ManagementAlgorithm factory_algorithm = api::ManagementAlgorithm::tripleDes;
  api::Secret factory_management_key;
  api::Secret factory_pin, factory_puk;  // ASCII digits
  api::ManagementAlgorithm management_algorithm = api::ManagementAlgorithm::aes192;
  api::Secret master_key;                // each card's own management key is derived from it
  std::chrono::seconds step_limit{150};  // how long one step may keep a chip busy
};

// All of these outlive whoever holds this. Any number of threads may use them at once.
struct ChipTools {
  api::CardFamily& family;
  const authority::Authority& authority;
  const vault::Vault& vault;
  const api::Clock& clock;
  const ChipSettings& chips;
};

// With the chip of one attempt, until the next card is identified.
struct ChipSession {
  core::AttemptId attempt{};
  api::ChipIdentity identity;
  std::unique_ptr<api::Transport> chip;      // null: not at the contacts
  std::optional<api::Personalisation> what;  // unsealed when it is first needed
  bool open = false;                         // the chip lets itself be written
  std::vector<api::PublicKey> keys;
};

// The GUID that the chip has or gets: a card that is encoded again keeps its own.
core::AttemptId guid_of(const Job& job);
// The day on which chip and certificates end (UTC).
std::chrono::year_month_day chip_end_of(const Job& job);
// Whether certificates can be issued for so long: known before a blank is fed or a chip touched.
api::Result<> check_end(const Job& job, const authority::Authority& authority);

// Whether this chip can do what the product asks for.
api::Result<> check_supported(const Job& job, const api::ChipIdentity& identity);

// The PUK of the card's chip, from where it is kept.
api::Result<api::Secret> puk_of(const Job& job, const vault::Vault& vault);
// What makes this chip the card of that attempt, from the sealed secrets and the station's keys.
api::Result<api::Personalisation> personalisation_of(const Job& job, const api::ChipIdentity& identity,
                                                     const ChipSettings& chips, const vault::Vault& vault);

// The steps that are the same everywhere. Those that talk with the chip need `session.chip`.
api::Result<core::Brought> seal_secrets(const Job& job, const ChipTools& tools);
api::Result<> unseal(ChipSession& session, const Job& job, const ChipTools& tools);
api::Result<core::Brought> key_chip(ChipSession& session, const Job& job, const ChipTools& tools,
                                    api::Deadline deadline);
api::Result<core::Brought> reserve_certificates(const ChipSession& session, const Job& job,
                                                const ChipTools& tools);
api::Result<core::Brought> sign_certificates(const ChipSession& session, const Job& job,
                                             const ChipTools& tools);
api::Result<core::Brought> write_chip(ChipSession& session, const Job& job, const ChipTools& tools,
                                      api::Deadline deadline);
api::Result<core::Brought> verify_chip(ChipSession& session, const Job& job, const ChipTools& tools,
                                       api::Deadline deadline);

}  // namespace runtime
