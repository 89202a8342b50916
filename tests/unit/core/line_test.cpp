#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;

std::vector<std::string> line_states(const Plant& plant) {
  std::vector<std::string> states;
  for (const auto& change : plant.records.changes)
    if (change.subject == "line") states.push_back(change.state);
  return states;
}

std::size_t open_attempts(const Plant& plant) {
  return static_cast<std::size_t>(std::ranges::count_if(
      plant.records.attempts, [](const auto& entry) { return !is_over(entry.second.phase); }));
}

bool waits(const Plant& plant) {
  return plant.production.line.block && !plant.production.line.block->until_resumed;
}

bool stopped(const Plant& plant) {
  return plant.production.line.block && plant.production.line.block->until_resumed;
}

// ---- Waiting for a device

TEST(line, waits_for_a_device_and_goes_on_by_itself) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(1);
  for (int i = 0; i < 20; ++i) plant.settle();
  EXPECT_TRUE(waits(plant));
  EXPECT_EQ(plant.batch(1).state, BatchState::paused);
  EXPECT_EQ(plant.batch(1).reason, api::Reason::hopperEmpty);
  EXPECT_EQ(plant.card(1).state, CardState::inProduction);
  EXPECT_EQ(plant.started(Step::feed), 0U);
  plant.status.printer.conditions.clear();
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.attempts_of(1).size(), 1U);
  EXPECT_THAT(line_states(plant), testing::ElementsAre("waiting", "producing"));
}

TEST(line, says_a_new_reason_when_the_old_one_is_mended) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(1);
  plant.settle();
  plant.status.printer.conditions = {api::Reason::coverOpen};
  plant.settle();
  EXPECT_EQ(plant.production.line.block->reason, api::Reason::coverOpen);
  EXPECT_EQ(plant.batch(1).reason, api::Reason::coverOpen);
}

struct Obstacle {
  const char* what;
  std::function<void(LineStatus&)> set;
  std::optional<api::Reason> reason;  // none: production goes on
};

TEST(line, feeds_no_blank_while_something_stands_in_its_way) {
  using api::CardPosition;
  using api::PrinterState;
  const Obstacle obstacles[] = {
      {"offline", [](auto& s) { s.printer.state = PrinterState::offline; }, api::Reason::printerGone},
      {"starting", [](auto& s) { s.printer.state = PrinterState::starting; }, api::Reason::printerFault},
      {"busy", [](auto& s) { s.printer.state = PrinterState::busy; }, api::Reason::printerFault},
      {"fault", [](auto& s) { s.printer.state = PrinterState::fault; }, api::Reason::printerFault},
      {"locked", [](auto& s) { s.printer.state = PrinterState::locked; }, api::Reason::printerFault},
      {"asleep", [](auto& s) { s.printer.state = PrinterState::asleep; }, {}},
      {"a warning", [](auto& s) { s.printer.warnings = {"ribbonLow"}; }, {}},
      {"a card between stations", [](auto& s) { s.printer.position = CardPosition::transit; },
       api::Reason::cardInside},
      {"a card held in the exit", [](auto& s) { s.printer.position = CardPosition::exit; },
       api::Reason::cardInside},
      {"the last card in the output", [](auto& s) { s.printer.position = CardPosition::ejected; }, {}},
      {"the last card in the bin", [](auto& s) { s.printer.position = CardPosition::rejected; }, {}},
      {"no encoder", [](auto& s) { s.slot = api::Slot::absent; }, api::Reason::readerGone},
  };
  for (const auto& obstacle : obstacles) {
    SCOPED_TRACE(obstacle.what);
    Plant plant;
    const auto well = plant.status;
    obstacle.set(plant.status);
    plant.produce(1);
    plant.settle();
    EXPECT_EQ(plant.started(Step::feed), obstacle.reason ? 0U : 1U);
    if (!obstacle.reason) continue;
    ASSERT_TRUE(waits(plant));
    EXPECT_EQ(plant.production.line.block->reason, obstacle.reason);
    plant.status = well;
    plant.settle();
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  }
}

TEST(line, needs_no_encoder_for_a_card_without_a_chip) {
  Plant plant;
  plant.status.slot = api::Slot::absent;
  plant.produce(1, "printed");
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(line, goes_on_with_the_same_blank_where_it_waited) {
  for (const auto step : {Step::identify, Step::print, Step::eject}) {
    SCOPED_TRACE(api::name_of(step));
    Plant plant;
    const auto good = plant.devices;
    plant.fail(step, {1}, api::Reason::coverOpen);
    plant.produce(1);
    ASSERT_TRUE(plant.finish_until(step));
    plant.status.printer.conditions = {api::Reason::coverOpen};
    plant.status.printer.position = api::CardPosition::transit;
    for (int i = 0; i < 10; ++i) plant.settle();
    ASSERT_TRUE(waits(plant));
    plant.status.printer.conditions.clear();
    plant.devices = good;
    plant.settle();
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
    EXPECT_EQ(plant.attempts_of(1).size(), 1U);
    EXPECT_EQ(plant.started(Step::feed), 1U);
    EXPECT_EQ(plant.started(step), 2U);
  }
}

TEST(line, gives_a_rejection_its_own_tries) {
  Plant plant;
  const auto good = plant.devices;
  plant.fail(Step::print, {1}, api::Reason::coverOpen);
  plant.fail(Step::reject, {1}, api::Reason::rejectBinFull);
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::print));
  while (plant.started(Step::reject) == 0) {
    while (plant.finish_one() && plant.started(Step::reject) == 0) {
    }
    plant.tick();
  }
  plant.status.printer.conditions = {api::Reason::rejectBinFull};
  plant.settle();
  EXPECT_TRUE(waits(plant));
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::rejectIntent);
  plant.status.printer.conditions.clear();
  plant.devices = good;
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::spoiled);
}

TEST(line, asks_again_when_the_devices_did_not_answer_at_the_start) {
  Plant plant(false);
  const auto good = plant.devices;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::probe) return api::fail(api::Reason::printerGone);
    return good(effect);
  };
  plant.produce(1);
  plant.settle();
  EXPECT_TRUE(waits(plant));
  EXPECT_EQ(plant.production.line.block->reason, api::Reason::printerGone);
  plant.devices = good;
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(line, begins_nothing_before_it_has_seen_its_devices) {
  Plant plant(false);
  plant.produce(2);
  EXPECT_EQ(plant.started(Step::render), 0U);
  EXPECT_EQ(open_attempts(plant), 0U);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

// ---- Pause and Resume

TEST(pause, lets_the_card_in_the_machine_be_finished_and_begins_no_other) {
  Plant plant;
  plant.produce(3);
  ASSERT_TRUE(plant.finish_until(Step::personalise));
  plant.done(Pause{});
  EXPECT_EQ(plant.batch(1).state, BatchState::paused);
  EXPECT_EQ(plant.batch(1).reason, api::Reason::paused);
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(2).state, CardState::inProduction);
  EXPECT_EQ(plant.started(Step::feed), 1U);
  EXPECT_EQ(plant.batch(1).state, BatchState::paused);
  plant.done(Resume{});
  EXPECT_EQ(plant.batch(1).state, BatchState::producing);
  plant.settle();
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
}

TEST(pause, feeds_no_blank_when_it_comes_before_the_feeding) {
  Plant plant;
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::check));
  plant.done(Pause{});
  plant.settle();
  EXPECT_EQ(plant.started(Step::feed), 0U);
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::claimed);
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.attempts_of(1).size(), 1U);
}

TEST(pause, does_not_end_by_itself) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(1);
  plant.settle();
  plant.done(Pause{});
  EXPECT_EQ(plant.batch(1).reason, api::Reason::paused);
  plant.status.printer.conditions.clear();
  plant.settle();
  EXPECT_TRUE(stopped(plant));
  EXPECT_EQ(plant.started(Step::feed), 0U);
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(pause, holds_when_the_card_in_the_machine_then_needs_help) {
  Plant plant;
  plant.fail(Step::eject, {1}, api::Reason::outputFull);
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.done(Pause{});
  plant.settle();
  EXPECT_TRUE(stopped(plant));
  EXPECT_EQ(plant.production.line.block->reason, api::Reason::paused);
  EXPECT_EQ(plant.started(Step::eject), 1U);
}

TEST(pause, leaves_the_devices_alone) {
  Plant plant;
  plant.done(Pause{});
  const auto probes = plant.started(Step::probe);
  plant.tick();
  EXPECT_EQ(plant.started(Step::probe), probes);
}

TEST(pause, makes_new_batches_wait_as_well) {
  Plant plant;
  plant.done(Pause{});
  plant.produce(1);
  EXPECT_EQ(plant.batch(1).state, BatchState::paused);
  EXPECT_EQ(plant.batch(1).reason, api::Reason::paused);
  plant.settle();
  EXPECT_EQ(plant.started(Step::render), 0U);
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
}

TEST(pause, keeps_the_reason_for_which_the_line_had_stopped) {
  Plant plant;
  plant.fail(Step::personalise, {1}, api::Reason::managementKeyRefused);
  plant.produce(2);
  plant.settle();
  plant.done(Pause{});
  EXPECT_EQ(plant.production.line.block->reason, api::Reason::managementKeyRefused);
  EXPECT_EQ(plant.batch(1).reason, api::Reason::managementKeyRefused);
}

TEST(pause, leaves_finished_batches_alone) {
  Plant plant;
  const auto batch = plant.produce(1);
  plant.settle();
  plant.done(Pause{});
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  plant.done(RepeatProduction{batch, {{1}}, api::Reason::misprinted});
  EXPECT_EQ(plant.batch(1).state, BatchState::paused);
  plant.done(Resume{});
  plant.settle();
  plant.done(CompleteBatch{batch});
}

TEST(resume, of_a_line_that_runs_changes_nothing) {
  Plant plant;
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::personalise));
  const auto before = describe(plant.production);
  plant.done(Resume{});
  EXPECT_EQ(describe(plant.production), before);
  plant.settle();
  EXPECT_EQ(plant.started(Step::personalise), 2U);
}

TEST(resume, while_a_step_runs_starts_no_second_one) {
  Plant plant;
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.done(Pause{});
  plant.done(Resume{});
  EXPECT_EQ(plant.under_way(Step::print), 1U);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.started(Step::print), 2U);
}

TEST(resume, while_the_devices_are_asked_waits_for_their_answer) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(1);
  plant.settle();
  plant.tick();
  ASSERT_EQ(plant.under_way(Step::probe), 1U);
  plant.done(Resume{});
  EXPECT_EQ(plant.effects.size(), 1U);
  plant.settle();
  EXPECT_TRUE(waits(plant));
  plant.status.printer.conditions.clear();
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(resume, asks_the_devices_when_they_were_never_seen) {
  Plant plant(false);
  const auto good = plant.devices;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::probe) return api::fail(api::Reason::printerGone);
    return good(effect);
  };
  plant.done(Pause{});
  plant.produce(1);
  plant.settle();
  ASSERT_EQ(plant.production.line.status, std::nullopt);
  plant.devices = good;
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(resume, of_an_impatient_person_does_not_use_up_the_tries_of_a_card) {
  Plant plant;
  const auto good = plant.devices;
  plant.fail(Step::eject, {1}, api::Reason::outputFull);
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.status.printer.conditions = {api::Reason::outputFull};
  plant.settle();
  for (int i = 0; i < 10; ++i) {
    plant.done(Resume{});
    plant.settle();
  }
  EXPECT_TRUE(waits(plant));
  EXPECT_EQ(plant.card(1).state, CardState::inProduction);
  plant.status.printer.conditions.clear();
  plant.devices = good;
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(shutdown, is_not_undone_by_a_resume) {
  Plant plant;
  plant.produce(3);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.done(Pause{.shutdown = true});
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.started(Step::feed), 1U);
}

TEST(shutdown, finishes_the_card_in_the_machine_and_leaves_the_batch_to_go_on) {
  Plant plant;
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::personalise));
  plant.done(Pause{.shutdown = true});
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.started(Step::feed), 1U);
  EXPECT_EQ(plant.batch(1).state, BatchState::producing);
  plant.produce(1);
  EXPECT_EQ(plant.batch(2).state, BatchState::producing);
  EXPECT_EQ(plant.started(Step::feed), 1U);
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(3).state, CardState::awaitingConfirmation);
}

}  // namespace
