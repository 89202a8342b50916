#include "daemon/core/recovery.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>

// The table over its whole domain: what it may never say, and what it says for the cases that have a name.
namespace {

using namespace core;

struct Found {
  AttemptKind kind;
  Phase phase;
  unsigned recoveries;
  PrinterEvidence printer;
  std::optional<Chip> chip;
};

std::string text_of(const Found& found) {
  return fmt::format("{} at {}, taken up {} times, body {}, faces {}, chip {}", api::name_of(found.kind),
                     api::name_of(found.phase), found.recoveries, api::name_of(found.printer.body),
                     api::name_of(found.printer.faces), found.chip ? api::name_of(*found.chip) : "not asked");
}

bool in_machine(Phase phase) {
  return !is_over(phase) && phase != Phase::claimed;
}

void for_all(const std::function<void(const Found&, const RecoveryAction&)>& visit) {
  for (const auto kind : {AttemptKind::produce, AttemptKind::body})
    for (const auto& phase : phase_rows)
      for (const auto& body : whereabouts_rows)
        for (const auto& faces : faces_counted_rows)
          for (const unsigned recoveries : {0U, recoveries_max, 2 * recoveries_max})
            for (int chip = -1; chip < static_cast<int>(chip_rows.size()); ++chip) {
              if (!in_machine(phase.value)) continue;
              const Found found{kind,
                                phase.value,
                                recoveries,
                                {body.value, faces.value},
                                chip < 0 ? std::nullopt : std::optional(static_cast<Chip>(chip))};
              SCOPED_TRACE(text_of(found));
              visit(found, recover(found.kind, found.phase, found.recoveries, found.printer, found.chip));
            }
}

TEST(recovery, says_good_only_of_a_printed_card_that_was_told_to_leave_and_was_counted) {
  for_all([](const Found& found, const RecoveryAction& then) {
    EXPECT_EQ(then.action == Recovery::good, found.phase == Phase::ejectIntent &&
                                                 found.printer.body == Whereabouts::output &&
                                                 found.printer.faces == FacesCounted::all);
  });
}

TEST(recovery, takes_a_card_again_only_when_no_blank_was_fed_for_it) {
  for_all([](const Found& found, const RecoveryAction& then) {
    EXPECT_EQ(then.action == Recovery::again,
              found.phase == Phase::feedIntent && found.printer.body == Whereabouts::notFed);
  });
}

TEST(recovery, never_leads_to_a_second_print) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (then.action != Recovery::resume || then.phase >= Phase::printIntent) return;
    EXPECT_LT(found.phase, Phase::printIntent);
    EXPECT_TRUE(found.printer.faces == FacesCounted::none || found.printer.faces == FacesCounted::unknown);
  });
}

TEST(recovery, goes_on_with_what_was_fed_only_where_one_blank_was_counted) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (found.phase != Phase::feedIntent || then.action != Recovery::resume) return;
    EXPECT_EQ(found.printer.body, Whereabouts::inside);
    EXPECT_EQ(found.printer.faces, FacesCounted::none) << "of two, the second would leave with the first";
  });
}

TEST(recovery, never_goes_on_with_a_body_that_was_not_printed_whole) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (then.action == Recovery::resume && then.phase >= Phase::printed) {
      EXPECT_EQ(found.printer.faces, FacesCounted::all);
    }
  });
}

TEST(recovery, goes_on_with_a_chip_only_when_it_is_fresh_or_ours) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (found.kind != AttemptKind::produce || then.action != Recovery::resume) return;
    if (found.phase == Phase::feedIntent || found.phase >= Phase::printIntent) return;
    ASSERT_TRUE(found.chip) << "nobody asked it";
    EXPECT_TRUE(found.chip == Chip::fresh || found.chip == Chip::ours);
    if (then.phase >= Phase::certified) {
      EXPECT_EQ(found.chip, Chip::ours);
    }
  });
}

TEST(recovery, moves_only_what_is_in_the_machine) {
  for_all([](const Found& found, const RecoveryAction& then) {
    const bool moves = then.action == Recovery::readChip || then.action == Recovery::resume ||
                       then.action == Recovery::reject;
    const auto body = found.printer.body;
    EXPECT_TRUE(!moves || body == Whereabouts::inside || body == Whereabouts::twoInside);
    const bool told = body != Whereabouts::inside && body != Whereabouts::twoInside;
    if (told && then.action == Recovery::spoiled) {
      EXPECT_TRUE(body == Whereabouts::rejectBin || body == Whereabouts::twoRejected);
    }
  });
}

TEST(recovery, leaves_to_a_person_what_the_printer_cannot_tell) {
  for_all([](const Found& found, const RecoveryAction& then) {
    const auto body = found.printer.body;
    if (body == Whereabouts::unclear || body == Whereabouts::otherPrinter || body == Whereabouts::outside) {
      EXPECT_EQ(then.action, Recovery::doubt);
    }
    if (body == Whereabouts::output && found.phase != Phase::ejectIntent) {
      EXPECT_EQ(then.action, Recovery::doubt) << "unfinished in the good output";
    }
  });
}

TEST(recovery, asks_the_chip_once_and_then_decides) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (then.action == Recovery::readChip) {
      EXPECT_FALSE(found.chip);
    }
    if (found.kind == AttemptKind::body) {
      EXPECT_NE(then.action, Recovery::readChip);
    }
  });
}

TEST(recovery, comes_to_an_end) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (found.recoveries < recoveries_max || found.chip) return;
    EXPECT_NE(then.action, Recovery::resume);
    EXPECT_NE(then.action, Recovery::readChip);
    if (found.recoveries == recoveries_max) return;
    EXPECT_TRUE(found.phase != Phase::rejectIntent || then.action != Recovery::reject);
  });
}

TEST(recovery, never_saves_a_body_that_was_to_be_rejected) {
  for_all([](const Found& found, const RecoveryAction& then) {
    if (found.phase != Phase::rejectIntent) return;
    EXPECT_TRUE(then.action == Recovery::reject || then.action == Recovery::spoiled ||
                then.action == Recovery::doubt);
  });
}

// The cases that have a name; the numbers are the rows of the list of crash points.
struct Named {
  const char* what;
  Phase phase;
  PrinterEvidence printer;
  std::optional<Chip> chip;
  RecoveryAction then;
};
using enum Whereabouts;
using enum FacesCounted;
constexpr RecoveryAction resume(Phase phase) {
  return {Recovery::resume, phase};
}
const Named named[] = {
    {"3 nothing was fed", Phase::feedIntent, {notFed, none}, {}, {Recovery::again}},
    {"4 a blank was fed", Phase::feedIntent, {inside, none}, {}, resume(Phase::fed)},
    {"4 something was fed, and nothing counts", Phase::feedIntent, {inside, unknown}, {}, {Recovery::reject}},
    {"4 two were fed", Phase::feedIntent, {twoInside, none}, {}, {Recovery::reject}},
    {"5 the chip is mute", Phase::fed, {inside, none}, Chip::mute, {Recovery::reject}},
    {"6 the chip is untouched",
     Phase::encodeIntent,
     {inside, none},
     Chip::fresh,
     resume(Phase::encodeIntent)},
    {"7 the chip was begun", Phase::encodeIntent, {inside, none}, Chip::ours, resume(Phase::encodeIntent)},
    {"9 keys are made", Phase::keyed, {inside, none}, Chip::ours, resume(Phase::encodeIntent)},
    {"12 certificates are stored", Phase::certified, {inside, none}, Chip::ours, resume(Phase::certified)},
    {"12 and the chip has nothing", Phase::certified, {inside, none}, Chip::fresh, {Recovery::reject}},
    {"13 the chip is complete", Phase::encoded, {inside, none}, Chip::ours, resume(Phase::encoded)},
    {"the stripe is written", Phase::striped, {inside, none}, Chip::ours, resume(Phase::encoded)},
    {"and the chip is another one", Phase::striped, {inside, none}, Chip::fresh, {Recovery::reject}},
    {"14 print allowed, nothing counted", Phase::printIntent, {inside, none}, {}, {Recovery::reject}},
    {"15 one face of two", Phase::printIntent, {inside, some}, {}, {Recovery::reject}},
    {"16 printed, not said", Phase::printIntent, {inside, all}, {}, resume(Phase::printed)},
    {"19 not yet ejected", Phase::ejectIntent, {inside, all}, {}, resume(Phase::inspected)},
    {"20 ejected, not said", Phase::ejectIntent, {output, all}, {}, {Recovery::good}},
    {"21 purged to the output", Phase::verified, {output, none}, {}, {Recovery::doubt}},
    {"21 purged to the reject bin", Phase::verified, {rejectBin, none}, {}, {Recovery::spoiled}},
    {"22 taken out by hand", Phase::printed, {outside, all}, {}, {Recovery::doubt}},
    {"30 another printer", Phase::printIntent, {otherPrinter, none}, {}, {Recovery::doubt}},
    {"somebody swapped the body", Phase::encodeIntent, {inside, none}, Chip::other, {Recovery::reject}},
    {"the bad one lies in the output", Phase::rejectIntent, {output, all}, {}, {Recovery::doubt}},
    {"the bad one lies in the bin", Phase::rejectIntent, {rejectBin, all}, {}, {Recovery::spoiled}},
};

TEST(recovery, knows_the_crash_points_by_name) {
  for (const auto& one : named)
    EXPECT_EQ(recover(AttemptKind::produce, one.phase, 0, one.printer, one.chip), one.then) << one.what;
}

// There is no chip to ask: its stripe is written again.
TEST(recovery, takes_a_body_that_is_only_printed_back_to_where_it_was_fed) {
  for (const auto phase : {Phase::fed, Phase::striped}) {
    EXPECT_EQ(recover(AttemptKind::body, phase, 0, {inside, none}, {}), resume(Phase::fed));
    EXPECT_EQ(recover(AttemptKind::body, phase, 0, {inside, unknown}, {}), resume(Phase::fed));
    EXPECT_EQ(recover(AttemptKind::body, phase, 0, {inside, all}, {}), (RecoveryAction{Recovery::reject}));
  }
}

// ---- What the printer says

Attempt fed_by(const std::string& serial, const api::Counters& baseline) {
  Attempt attempt;
  attempt.printer_serial = serial;
  attempt.baseline = baseline;
  return attempt;
}

LineStatus printer(const std::string& serial, const api::Counters& counters, api::CardPosition position) {
  LineStatus status;
  status.identity.serial = serial;
  status.counters = counters;
  status.printer.position = position;
  status.capabilities.counters_persist = status.capabilities.position_known = true;
  return status;
}

TEST(printer_evidence, tells_where_the_body_is_from_counters_and_sensors_together) {
  using Position = api::CardPosition;
  const api::Counters before{10, 20, 8, 2};
  const auto attempt = fed_by("P1", before);
  const struct {
    api::Counters now;
    Position position;
    Whereabouts body;
  } cases[] = {
      {{10, 20, 8, 2}, Position::none, notFed},        {{10, 20, 8, 2}, Position::feeder, unclear},
      {{11, 20, 8, 2}, Position::contact, inside},     {{11, 20, 8, 2}, Position::unknown, inside},
      {{11, 20, 8, 2}, Position::none, outside},       {{11, 20, 9, 2}, Position::ejected, output},
      {{11, 20, 8, 3}, Position::rejected, rejectBin}, {{12, 20, 8, 2}, Position::transit, twoInside},
      {{12, 20, 8, 4}, Position::none, twoRejected},   {{11, 20, 9, 2}, Position::print, unclear},
      {{12, 20, 9, 2}, Position::none, unclear},       {{9, 20, 8, 2}, Position::none, unclear},
      {{13, 20, 8, 2}, Position::none, unclear},
  };
  for (const auto& one : cases)
    EXPECT_EQ(printer_evidence(attempt, 2, printer("P1", one.now, one.position)).body, one.body)
        << one.now.fed << " " << one.now.ejected << " " << one.now.rejected << " "
        << api::name_of(one.position);
}

TEST(printer_evidence, counts_the_faces) {
  const auto attempt = fed_by("P1", {10, 20, 8, 2});
  const auto faces = [&](std::uint64_t printed) {
    return printer_evidence(attempt, 2, printer("P1", {11, printed, 8, 2}, api::CardPosition::print)).faces;
  };
  EXPECT_EQ(faces(20), none);
  EXPECT_EQ(faces(21), some);
  EXPECT_EQ(faces(22), all);
  EXPECT_EQ(faces(23), some) << "more than ours is not ours";
  EXPECT_EQ(faces(19), some);
}

TEST(printer_evidence, of_another_printer_is_none) {
  EXPECT_EQ(
      printer_evidence(fed_by("P1", {1, 1, 1, 1}), 1, printer("P2", {2, 1, 1, 1}, api::CardPosition::print))
          .body,
      otherPrinter);
}

TEST(printer_evidence, of_counters_that_forget_is_what_the_sensors_see) {
  auto status = printer("P1", {0, 0, 0, 0}, api::CardPosition::print);
  status.capabilities.counters_persist = false;
  EXPECT_EQ(printer_evidence(fed_by("P1", {10, 20, 8, 2}), 1, status).body, inside);
  status.printer.position = api::CardPosition::none;
  EXPECT_EQ(printer_evidence(fed_by("P1", {10, 20, 8, 2}), 1, status).body, unclear);
}

}  // namespace
