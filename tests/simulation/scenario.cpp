#include "tests/simulation/scenario.hpp"

#include <algorithm>

namespace simulation {
namespace {

using Random = std::mt19937_64;

// Moments that are drawn together, and about how many of them there are while one card without certificates
// is made. What is drawn beyond the end of the run does not happen.
struct Kind {
  Moments moments;
  unsigned weight;
  unsigned per_card;
};
constexpr std::array kinds{
    Kind{set_of(Moment::write, Moment::truncate, Moment::remove), 4, 170},
    Kind{set_of(Moment::sync), 5, 15},
    Kind{device_moments, 5, 50},
    Kind{chip_moments, 4, 65},
    Kind{set_of(Moment::pass), 5, 40},
    Kind{set_of(Moment::hand), 3, 30},
};

// How the lives of a run end.
struct Cause {
  Blow blow;
  unsigned weight;
};
constexpr std::array causes{
    Cause{Blow::stop, 1},           Cause{Blow::process, 3}, Cause{Blow::host, 8},
    Cause{Blow::hostAndPrinter, 6}, Cause{Blow::printer, 2}, Cause{Blow::ioError, 1},
    Cause{Blow::diskFull, 1},
};

template <class Rows>
const auto& weighted(const Rows& rows, Random& random) {
  unsigned sum = 0;
  for (const auto& row : rows) sum += row.weight;
  auto left = random() % sum;
  for (const auto& row : rows) {
    if (left < row.weight) return row;
    left -= row.weight;
  }
  return rows.front();
}

constexpr auto any_step = ~simulator::Steps{0};

bool one_in(unsigned share, Random& random) {
  return random() % share == 0;
}

Strike draw_strike(unsigned cards, bool soon, Random& random) {
  const auto blow = weighted(causes, random).blow;
  const auto& kind = weighted(kinds, random);
  const bool of_disk = blow == Blow::ioError || blow == Blow::diskFull;
  const auto& where = of_disk ? kinds[random() % 2] : kind;
  const auto span = soon ? std::max(10U, where.per_card / 3) : where.per_card * cards;
  return {where.moments, 1 + random() % span, blow};
}

simulator::Fault draw_fault(unsigned cards, simulator::Steps steps, Random& random) {
  for (;;) {
    const auto& kind = simulator::fault_kind_rows[random() % simulator::fault_kind_rows.size()];
    const auto& step = simulator::step_rows[random() % simulator::step_rows.size()];
    if ((kind.steps & steps & simulator::at(step.value)) == 0) continue;
    simulator::Fault fault{1 + random() % (cards + 1), step.value, kind.value};
    if (step.value == simulator::Step::apdu) fault.apdu = 1 + random() % 60;
    if (kind.value == simulator::FaultKind::statusWord) fault.status_word = 0x6F00;
    fault.carried_out = kind.either_way && one_in(2, random);
    return fault;
  }
}

std::vector<std::string> draw_certificates(Random& random) {
  std::vector<std::string> all;
  for (const auto& row : api::key_purpose_rows) all.emplace_back(row.name);
  const auto draw = random() % 100;
  if (draw < 65) return {};
  if (draw < 97) return {all[random() % all.size()]};
  return all;
}

std::vector<unsigned> draw_orders(Random& random) {
  switch (random() % 8) {
    case 0: return {1, 1};
    case 1: return {1, 2};
    case 2: return {2, 2};
    case 3: return {3};
    default: return {2};
  }
}

std::vector<PoolDeed> draw_pool(Random& random) {
  using enum PoolDeed;
  constexpr std::array all{assign, assign, extend, withdraw, wait, wait, lock};
  std::vector<PoolDeed> deeds;
  if (one_in(3, random)) return deeds;
  deeds.push_back(assign);
  for (auto more = random() % 4; more > 0; --more) {
    deeds.push_back(all[random() % all.size()]);
    const bool over = deeds.back() == wait && one_in(2, random);
    if (over) deeds.push_back(withdraw);
    if (over || deeds.back() == withdraw) deeds.push_back(assign);  // its chip is encoded anew
  }
  return deeds;
}

Errand draw_errand(Random& random) {
  constexpr std::array ways{Way::order, Way::order, Way::order, Way::bureau, Way::bureau, Way::import};
  Errand errand;
  errand.way = ways[random() % ways.size()];
  errand.amount = 1 + static_cast<unsigned>(random() % 2);
  errand.priority = one_in(2, random) ? core::priority_default : static_cast<unsigned>(random() % 256);
  errand.queue = one_in(2, random);
  errand.hold = one_in(3, random);
  errand.abort = one_in(3, random);
  errand.cancel = one_in(3, random);
  errand.give_up = one_in(6, random);
  errand.fail = one_in(4, random);
  errand.pool = draw_pool(random);
  errand.condemn = one_in(2, random);
  errand.wrong_chips = one_in(6, random) ? 1 : 0;
  if (one_in(8, random)) errand.chip_dies = 1 + random() % 120;
  return errand;
}

// In one run of four people do more than requesting cards; about as many cards are made then as else.
void draw_errands(Scenario& scenario, Random& random) {
  if (!one_in(4, random)) return;
  scenario.orders = one_in(2, random) ? std::vector<unsigned>{1} : std::vector<unsigned>{};
  scenario.errands.push_back(draw_errand(random));
  if (scenario.orders.empty() && one_in(2, random)) scenario.errands.push_back(draw_errand(random));
  scenario.pool_days = one_in(3, random) ? 10 : 365;
}

// In one run of three persons release the letters, in one of three they are printed. They take little of the
// time of a run, so that one of its blows is aimed at them.
void draw_letters(Scenario& scenario, unsigned cards, Random& random) {
  if (one_in(3, random)) scenario.letter_persons = 1 + static_cast<unsigned>(random() % 2);
  if (one_in(3, random)) scenario.paper = static_cast<unsigned>(random() % 4);
  if ((scenario.letter_persons == 0 && !scenario.paper) || one_in(2, random)) return;
  constexpr std::array blows{Blow::stop, Blow::process, Blow::host, Blow::host, Blow::hostAndPrinter};
  scenario.strikes[random() % scenario.strikes.size()] = {set_of(Moment::post), 1 + random() % (4 * cards),
                                                          blows[random() % blows.size()]};
}

}  // namespace

Scenario draw_scenario(std::uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.orders = draw_orders(random);
  unsigned cards = 0;
  for (const auto amount : scenario.orders) cards += amount;
  const auto product = random() % 20;
  scenario.product = product == 0   ? "plain"
                     : product == 1 ? "automatic"
                     : product < 5  ? "duplex"
                     : product == 5 ? "plain striped"
                     : product < 8  ? "temporary striped"
                                    : "temporary";
  scenario.certificates = draw_certificates(random);
  scenario.condemn = one_in(10, random);
  scenario.give_up = one_in(20, random);
  const auto strikes = 1 + random() % 3;
  for (unsigned i = 0; i < strikes; ++i)
    scenario.strikes.push_back(draw_strike(cards, i > 0 && !one_in(3, random), random));
  if (one_in(5, random))
    for (auto faults = 1 + random() % 2; faults > 0; --faults)
      scenario.faults.push_back(draw_fault(cards, any_step, random));
  const bool stripe = scenario.product.ends_with("striped");  // of few cards, so that its faults are rare
  if (stripe && one_in(3, random))
    scenario.faults.push_back(draw_fault(cards, simulator::at(simulator::Step::stripe), random));
  if (one_in(16, random)) scenario.blind = {random() % 3 != 0, random() % 2 == 0};
  // A printer that prints nothing, says it did and has no counters is found out by people only.
  if (scenario.blind.counters)
    std::erase_if(scenario.faults,
                  [](const auto& fault) { return fault.kind == simulator::FaultKind::tooFast; });
  scenario.clock_jumps = one_in(20, random);
  if (one_in(10, random)) scenario.files_to_fail = 1 + static_cast<unsigned>(random() % 8);
  scenario.powersafe_overwrite = !one_in(3, random);
  scenario.checkpoint_pages = one_in(3, random) ? 10 + static_cast<int>(random() % 60) : 1000;
  draw_errands(scenario, random);
  draw_letters(scenario, cards, random);
  return scenario;
}

}  // namespace simulation
