#pragma once
#include "tests/unit/piv/support.hpp"

// A station that is interrupted while it talks with a chip, and starts again.
namespace piv_test {

enum class Loss {
  command,  // the command never reached the chip, and the session is over
  answer,   // the chip carried it out, and the session is over
  session,  // the chip was reset before it, and nobody says so
};
inline constexpr std::array<Loss, 3> losses{Loss::command, Loss::answer, Loss::session};

struct Interruption {
  std::size_t at = 0;  // APDU from 1, after identification; 0: none
  Loss loss = Loss::command;
};

// What a chip tells, and which management key its card ends with.
struct Kind {
  std::string_view name;
  bool vendor_commands, metadata, own_key;
};
inline constexpr std::array<Kind, 5> kinds{{
    {"metadata, own management key", true, true, true},
    {"metadata, supplied management key", true, true, false},
    {"no metadata, own management key", true, false, true},
    {"no metadata, supplied management key", true, false, false},
    {"the standard's commands only", false, false, false},
}};

inline void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

inline simulator::VirtualCard blank(const Kind& kind) {
  simulator::CardOptions options;
  options.vendor_commands = kind.vendor_commands;
  options.metadata = kind.metadata;
  return simulator::VirtualCard(options);
}
inline api::Personalisation personalisation(
    const Kind& kind, std::vector<api::KeyRequest> keys = four_keys(api::KeyAlgorithm::p256)) {
  api::Personalisation what = personalisation(std::move(keys));
  if (!kind.own_key) what.management_key = {};
  return what;
}

// What a chip without power holds. Read from its whole state, so that no try is spent.
struct Contents {
  explicit Contents(const simulator::VirtualCard& card) : state(card.to_json()) {}
  bool has(std::string_view text) const { return state.find(text) != std::string::npos; }
  bool marked() const { return has(R"("5fc102":)"); }
  bool own_pin() const { return has(R"("pin":{"value":"739205",)"); }
  bool own_secrets_with_all_tries() const {
    return has(R"("pin":{"value":"739205","left":3})") && has(R"("puk":{"value":"40917263","left":3})");
  }
  bool blocked() const { return has(R"("left":0)"); }
  std::string state;
};

// One session of the station with the chip: powered, identified, then whatever is called, until it breaks.
class Session final : public api::Transport {
 public:
  explicit Session(simulator::VirtualCard& card, Interruption when = {})
      : card_(card), line_(card), family_(piv::make_piv()) {
    identify();
    when_ = when;
  }

  void identify() {
    auto found = family_->identify(line_, no_deadline);
    EXPECT_TRUE(found);
    if (found) identity = *std::move(found);
    identifying_ = line_.count();
  }

  auto personalise(const api::Personalisation& what) {
    return family_->personalise(*this, identity, what, no_deadline);
  }
  auto reencode(const api::Personalisation& what) {
    return family_->reencode(*this, identity, what, no_deadline);
  }
  auto redate(const api::Personalisation& what) {
    return family_->redate(*this, identity, what, no_deadline);
  }
  auto reopen(const api::Personalisation& what) {
    return family_->reopen(*this, identity, what, no_deadline);
  }
  auto write(const api::Personalisation& what) {
    return family_->write_certificates(*this, identity, what, certificates(), no_deadline);
  }
  auto verify(const api::Personalisation& what) {
    return family_->verify(*this, identity, what, certificates(), no_deadline);
  }
  auto invalidate(const api::Personalisation& what) {
    return family_->invalidate(*this, identity, what, no_deadline);
  }

  std::size_t count() const { return line_.count() - identifying_; }
  bool interrupted() const { return when_.at != 0 && count() >= when_.at; }
  unsigned management_tries() const { return management_tries_; }  // authentications begun
  unsigned wrong_tries() const { return wrong_tries_; }            // of PIN and PUK
  fakes::InProcessTransport& line() { return line_; }

  api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline deadline) override {
    if (when_.at != 0 && count() + 1 == when_.at) {
      if (when_.loss == Loss::session) {
        card_.reset();
      } else {
        line_.fail_at(line_.count() + 1, {api::Reason::linkLost, api::Certainty::unknown, ""},
                      when_.loss == Loss::answer);
      }
    }
    constexpr std::array<std::uint8_t, 4> witness_wanted{0x7C, 0x02, 0x80, 0x00};
    management_tries_ += command.size() >= 9 && command[1] == 0x87 && command[3] == 0x9B &&
                         std::equal(witness_wanted.begin(), witness_wanted.end(), command.begin() + 5);
    auto answer = line_.exchange(command, deadline);
    wrong_tries_ += answer && answer->at(answer->size() - 2) == 0x63 && command.size() > 5;
    return answer;
  }
  api::Result<> reset(api::Deadline deadline) override { return line_.reset(deadline); }
  api::BytesView atr() const noexcept override { return line_.atr(); }

  api::ChipIdentity identity;

 private:
  simulator::VirtualCard& card_;
  fakes::InProcessTransport line_;
  std::unique_ptr<api::CardFamily> family_;
  Interruption when_;
  std::size_t identifying_ = 0;
  unsigned management_tries_ = 0, wrong_tries_ = 0;
};

}  // namespace piv_test
