#include "daemon/config/config.hpp"

#include <iterator>

#include "daemon/config/sections.hpp"

namespace config {
namespace {

// Without a roles file root may do everything and nobody else anything.
void root_alone(Configuration& configuration) {
  for (const auto name : role_names) configuration.roles[std::string(name)] = {{0}, {}};
}

}  // namespace

core::Rules Configuration::rules() const {
  core::Rules rules;
  rules.products = products;
  rules.default_product = station.default_product;
  rules.production_types = production_types;
  rules.family = *find_family(card.family);
  rules.number_prefix = station.number_prefix;
  rules.organisation = station.organisation;
  rules.use_cases = use_cases;
  rules.amount_max = station.amount_max;
  rules.batch_cards_max = station.batch_cards_max;
  rules.consecutive_failures_max = station.consecutive_failures_max;
  rules.crl_validity = std::chrono::days(authority.crl_days);
  rules.default_production_type = station.default_production_type;
  rules.attempts_max = station.attempts_max;
  rules.import_cards_max = station.import_cards_max;
  rules.orders_open_max = station.orders_open_max;
  rules.cards_per_holder = station.cards_per_holder;
  rules.retention = std::chrono::days(station.retention_days);
  rules.shifts = station.shifts;
  rules.letter_persons = letters.persons;
  rules.letters_printed = !letters.printer.empty();
  rules.hand_encoder = !line.hand_encoder.empty();
  return rules;
}

tl::expected<Configuration, std::vector<Problem>> load(const std::filesystem::path& station_toml,
                                                       Files made) {
  Draft draft;
  auto& configuration = draft.configuration;
  Reader reader(station_toml);
  configuration.file = reader.file();
  if (reader.parsed()) {
    read_sections(reader, draft);
    check_together(reader, draft, made);
  }
  std::vector<Problem> of_roles;
  if (const auto& file = configuration.station.roles; file.empty()) {
    root_alone(configuration);
  } else if (check_roles_file(reader, file)) {
    Reader roles(file);
    read_roles(roles, configuration);
    of_roles = std::move(roles).take_problems();
  }
  auto problems = std::move(reader).take_problems();
  std::ranges::move(of_roles, std::back_inserter(problems));
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return std::move(configuration);
}

std::string reference() {
  std::string text;
  for (const auto& section : sections()) {
    text.append("### `[").append(section.name).append(section.named ? ".NAME]`\n\n" : "]`\n\n");
    text.append(section.text).append("\n\n").append(section.keys()).append("\n");
  }
  text.append("### Roles file: `[ROLE]`\n\nOne section for each role:");
  for (const auto name : role_names) text.append(" `").append(name).append("`");
  return text.append(".\n\n").append(describe_keys<Members>());
}

}  // namespace config
