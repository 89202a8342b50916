#pragma once
#include <functional>

#include "drivers/api/encoder.hpp"
#include "drivers/api/printer.hpp"
#include "tests/simulation/hazards.hpp"

namespace simulation {

// Called at each moment; it may throw Crash.
using Reach = std::function<void(Moment)>;

// What a printer cannot tell.
struct Blindness {
  bool counters = false;  // it forgets them when its power goes, and says so
  bool position = false;  // it has no sensors for where the card is
};

// A printer with a moment before and after each call. Borrows the printer.
class HazardousPrinter final : public api::Printer {
 public:
  HazardousPrinter(api::Printer& printer, Blindness blind, Reach reach)
      : printer_(printer), blind_(blind), reach_(std::move(reach)) {}

  api::Result<api::PrinterIdentity> identity(api::Deadline deadline) override {
    return call([&] { return printer_.identity(deadline); });
  }
  api::Result<api::Capabilities> capabilities(api::Deadline deadline) override {
    auto told = call([&] { return printer_.capabilities(deadline); });
    if (told && blind_.counters) told->counters_persist = false;
    if (told && blind_.position) told->position_known = false;
    return told;
  }
  api::Result<api::PrinterStatus> status(api::Deadline deadline) override {
    auto told = call([&] { return printer_.status(deadline); });
    if (told && blind_.position) told->position = api::CardPosition::unknown;
    return told;
  }
  api::Result<api::Counters> counters(api::Deadline deadline) override {
    return call([&] { return printer_.counters(deadline); });
  }
  api::Result<api::Supplies> supplies(api::Deadline deadline) override {
    return call([&] { return printer_.supplies(deadline); });
  }
  api::Result<> feed(const api::CardPlan& plan, api::Deadline deadline) override {
    return call([&] { return printer_.feed(plan, deadline); });
  }
  api::Result<> to_contact(api::Deadline deadline) override {
    return call([&] { return printer_.to_contact(deadline); });
  }
  api::Result<> retry_contact(api::Deadline deadline) override {
    return call([&] { return printer_.retry_contact(deadline); });
  }
  api::Result<> leave_contact(api::Deadline deadline) override {
    return call([&] { return printer_.leave_contact(deadline); });
  }
  api::Result<> write_stripe(const api::Tracks& tracks, api::Deadline deadline) override {
    return call([&] { return printer_.write_stripe(tracks, deadline); });
  }
  api::Result<api::Tracks> read_stripe(api::Deadline deadline) override {
    return call([&] { return printer_.read_stripe(deadline); });
  }
  api::Result<> print(const api::Faces& faces, api::Deadline deadline) override {
    return call([&] { return printer_.print(faces, deadline); });
  }
  api::Result<> finish(api::Destination destination, api::Deadline deadline) override {
    return call([&] { return printer_.finish(destination, deadline); });
  }
  api::Result<> recover(api::Recovery recovery, api::Deadline deadline) override {
    return call([&] { return printer_.recover(recovery, deadline); });
  }

 private:
  template <class Call>
  std::invoke_result_t<Call> call(Call call) {
    reach_(Moment::order);
    auto result = call();
    reach_(Moment::done);
    return result;
  }

  api::Printer& printer_;
  Blindness blind_;
  Reach reach_;
};

// The same for an encoder, and for each command to its chip. Borrows the encoder.
class HazardousEncoder final : public api::Encoder {
 public:
  HazardousEncoder(api::Encoder& encoder, Reach reach) : encoder_(encoder), reach_(std::move(reach)) {}

  std::string name() const override { return encoder_.name(); }
  api::Slot slot() override { return encoder_.slot(); }

  api::Result<std::unique_ptr<api::Transport>> connect(api::Deadline deadline) override {
    reach_(Moment::order);
    TRY_ASSIGN(chip, encoder_.connect(deadline));
    reach_(Moment::done);
    return std::make_unique<Chip>(std::move(chip), reach_);
  }

  api::Result<> await_empty(api::Deadline deadline) override {
    reach_(Moment::order);
    TRY(encoder_.await_empty(deadline));
    reach_(Moment::done);
    return {};
  }

 private:
  class Chip final : public api::Transport {
   public:
    Chip(std::unique_ptr<api::Transport> chip, Reach reach)
        : chip_(std::move(chip)), reach_(std::move(reach)) {}
    api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline deadline) override {
      reach_(Moment::command);
      auto answer = chip_->exchange(command, deadline);
      reach_(Moment::answer);
      return answer;
    }
    api::Result<> reset(api::Deadline deadline) override {
      reach_(Moment::command);
      auto result = chip_->reset(deadline);
      reach_(Moment::answer);
      return result;
    }
    api::BytesView atr() const noexcept override { return chip_->atr(); }

   private:
    std::unique_ptr<api::Transport> chip_;
    Reach reach_;
  };

  api::Encoder& encoder_;
  Reach reach_;
};

}  // namespace simulation
