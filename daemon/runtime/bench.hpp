#pragma once
#include "daemon/authority/authority.hpp"
#include "daemon/runtime/desk.hpp"
#include "daemon/vault/vault.hpp"
#include "drivers/api/card_family.hpp"
#include "drivers/api/printer.hpp"

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

// The line's worker table: printer, encoder, and the chip session of the card in the machine. Used by one
// thread; every step blocks until it is done or its deadline has passed.
class Bench {
 public:
  // All of these outlive the bench.
  struct Parts {
    api::Printer& printer;
    api::Encoder& encoder;
    api::CardFamily& family;
    FaceShelf& shelf;
    const authority::Authority& authority;
    const vault::Vault& vault;
    const api::Clock& clock;
    const ChipSettings& chips;
  };
  explicit Bench(Parts parts) : parts_(parts) {}

  api::Result<core::Brought> perform(const Job& job);

 private:
  // Of the card in the machine; replaced when the next one is identified.
  struct Session {
    core::AttemptId attempt{};
    api::ChipIdentity identity;
    std::unique_ptr<api::Transport> chip;      // null: not at the contacts
    std::optional<api::Personalisation> what;  // unsealed when it is first needed
    bool open = false;                         // the chip lets itself be written
    std::vector<api::PublicKey> keys;
    std::string invalidation;
  };

  api::Deadline deadline_of(const Job& job) const { return parts_.clock.steady() + row_of(job.step).limit; }
  // No talk with the chip takes longer than the configuration says.
  api::Deadline chip_limit(api::Deadline deadline) const {
    return std::min(deadline, parts_.clock.steady() + parts_.chips.step_limit);
  }
  api::Result<core::LineStatus> line_status(api::Deadline deadline);
  api::Result<std::unique_ptr<api::Transport>> reach_chip(api::Deadline deadline);
  api::Result<api::ChipIdentity> meet_chip(const Job& job, api::Deadline deadline);
  api::Result<> leave_chip(api::Deadline deadline);
  api::Result<> same_chip(const Job& job, api::Deadline deadline);
  api::Result<> unseal(const Job& job);
  std::optional<api::Counters> counters_after(api::Deadline deadline);
  api::Result<> expect_counters(const Job& job, api::Counters expected, api::Deadline deadline);
  api::Result<authority::Request> certificate_request(const Job& job, api::KeyPurpose purpose) const;

  api::Result<core::Brought> check(const Job& job);
  api::Result<core::Brought> feed(const Job& job);
  api::Result<core::Brought> identify(const Job& job);
  api::Result<core::Brought> examine(const Job& job);
  api::Result<core::Brought> seal(const Job& job);
  api::Result<core::Brought> personalise(const Job& job);
  api::Result<core::Brought> reserve(const Job& job);
  api::Result<core::Brought> certify(const Job& job);
  api::Result<core::Brought> write(const Job& job);
  api::Result<core::Brought> verify(const Job& job);
  api::Result<core::Brought> print(const Job& job);
  api::Result<core::Brought> inspect(const Job& job);
  api::Result<core::Brought> eject(const Job& job);
  api::Result<core::Brought> reject(const Job& job);
  std::string invalidate(const Job& job, api::Deadline deadline);

  Parts parts_;
  Session session_;
};

// What makes this blank the card of that attempt, from the sealed secrets and the station's keys.
api::Result<api::Personalisation> personalisation_of(const Job& job, const api::ChipIdentity& identity,
                                                     const ChipSettings& chips, const vault::Vault& vault);

}  // namespace runtime
