#include "daemon/config/sections.hpp"

#include <algorithm>
#include <regex>

namespace config {
namespace {

// `where(draft, name)`: the value that the section of this name fills.
template <class T, auto where>
constexpr Section section(std::string_view name, bool named, std::string_view text) {
  return {name, named, text,
          [](Reader& reader, const toml::table& table, const std::string& title, const std::string& one,
             Draft& draft) { read_table<T>(reader, table, title, where(draft, one)); },
          [] { return describe_keys<T>(); }};
}

template <class T>
T& named(std::map<std::string, T>& map, const std::string& name) {
  auto& value = map[name];
  value.name = name;
  return value;
}

using Given = const std::string&;  // the NAME of [name.NAME]
constexpr auto the_station = [](Draft& draft, Given) -> Station& { return draft.configuration.station; };
constexpr auto the_line = [](Draft& draft, Given) -> Line& { return draft.configuration.line; };
constexpr auto the_authority = [](Draft& draft, Given) -> Authority& {
  return draft.configuration.authority;
};
constexpr auto the_vault = [](Draft& draft, Given) -> Vault& { return draft.configuration.vault; };
constexpr auto the_letters = [](Draft& draft, Given) -> Letters& { return draft.configuration.letters; };
constexpr auto the_card = [](Draft& draft, Given) -> CardSection& { return draft.configuration.card; };
constexpr auto the_bureau = [](Draft& draft, Given) -> Bureau& {
  return draft.configuration.bureau.emplace();
};
constexpr auto the_use_cases = [](Draft& draft, Given) -> UseCases& { return draft.configuration.use_cases; };
constexpr auto a_profile = [](Draft& draft, Given name) -> CertificateProfile& {
  return named(draft.configuration.profiles, name);
};
constexpr auto a_product = [](Draft& draft, Given name) -> ProductSection& {
  return named(draft.products, name);
};
constexpr auto a_type = [](Draft& draft, Given name) -> ProductionType& {
  return named(draft.configuration.production_types, name);
};

constexpr std::array all_sections{
    section<Station, the_station>("station", false, "The station as a whole."),
    section<Line, the_line>("line", false, "The printer and the encoder that work together."),
    section<Authority, the_authority>("authority", false, "The authority that issues certificates."),
    section<Vault, the_vault>("vault", false, "What guards PIN and PUK."),
    section<Letters, the_letters>("letters", false, "PIN letters of confirmed cards."),
    section<CardSection, the_card>("card", false, "The blanks, and the keys they get."),
    section<Bureau, the_bureau>("bureau", false,
                                "Where orders go that a bureau makes; needed for `producer = \"bureau\"`."),
    section<CertificateProfile, a_profile>(
        "certificate_profile", true,
        "What a certificate looks like. What is absent is as shipped for its purpose."),
    section<ProductSection, a_product>("product", true, "What the station makes."),
    section<ProductionType, a_type>("production_type", true, "How orders are carried out."),
    section<UseCases, the_use_cases>("use_cases", false, "Which families of methods the station offers."),
};

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const auto& section : all_sections) names.push_back(section.name);
  return names;
}

// The table of a section, or null and reported.
const toml::table* table_at(Reader& reader, const toml::key& key, const toml::node& node,
                            const std::string& title) {
  if (const auto* table = node.as_table()) return table;
  reader.report(key.source().begin.line, in_quotes(key.str()) + " is a section", "write [" + title + "]");
  return nullptr;
}

void read_named(Reader& reader, const Section& section, const toml::table& all, Draft& draft) {
  for (const auto& [key, node] : all) {
    const std::string name(key.str()), title = std::string(section.name) + "." + name;
    if (!std::regex_match(name, std::regex("[A-Za-z][A-Za-z0-9_-]*")))
      reader.report(key.source().begin.line, in_quotes(name) + " cannot be a name",
                    "write letters, digits, - and _, a letter first");
    else if (const auto* table = table_at(reader, key, node, std::string(section.name) + ".NAME"))
      section.read(reader, *table, title, name, draft);
  }
}

}  // namespace

std::span<const Section> sections() {
  return all_sections;
}

void read_sections(Reader& reader, Draft& draft) {
  for (const auto& [key, node] : reader.root()) {
    const auto* found = std::ranges::find(all_sections, key.str(), &Section::name);
    if (found == all_sections.end()) {
      report_unknown(reader, key, "section", section_names());
      continue;
    }
    const std::string title(found->name);
    const auto* table = table_at(reader, key, node, title);
    if (table && found->named)
      read_named(reader, *found, *table, draft);
    else if (table)
      found->read(reader, *table, title, "", draft);
  }
}

void read_roles(Reader& reader, Configuration& configuration) {
  for (const auto name : role_names) configuration.roles[std::string(name)] = {};
  for (const auto& [key, node] : reader.root()) {
    const std::string name(key.str());
    if (!configuration.roles.contains(name))
      report_unknown(reader, key, "role", role_names);
    else if (const auto* table = table_at(reader, key, node, name))
      read_table(reader, *table, name, configuration.roles[name]);
  }
}

}  // namespace config
