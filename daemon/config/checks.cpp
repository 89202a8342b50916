#include <algorithm>

#include "daemon/config/sections.hpp"

namespace config {
namespace {

using Way = std::initializer_list<std::string_view>;

// The line of what stands at this way of names, or of the nearest section that is there.
unsigned line_of(const Reader& reader, Way way) {
  const toml::node* node = &reader.root();
  for (const auto name : way) {
    const auto* table = node->as_table();
    const auto* next = table ? table->get(name) : nullptr;
    if (!next) break;
    node = next;
  }
  return node->source().begin.line;
}

template <class T>
std::vector<std::string_view> names_of(const std::map<std::string, T>& map) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

bool encodes(const Draft& draft) {
  return std::ranges::any_of(draft.products, [](const auto& entry) { return entry.second.encode; });
}
bool certifies(const Draft& draft) {
  return std::ranges::any_of(draft.products,
                             [](const auto& entry) { return !entry.second.profiles.empty(); });
}
bool derives(const Draft& draft) {
  return std::ranges::any_of(draft.products, [](const auto& entry) {
    return entry.second.encode && entry.second.own_management_key;
  });
}

// Keys that some products need.
struct Need {
  std::string_view section, key;
  bool (*needed)(const Draft& draft);
  std::string_view by;
  bool (*absent)(const Configuration& configuration);
};
constexpr Need needs[] = {
    {"line", "encoder", encodes, "products with encode = true need it",
     [](auto& c) { return c.line.encoder.empty(); }},
    {"vault", "key", encodes, "products with encode = true need it",
     [](auto& c) { return c.vault.key.empty(); }},
    {"card", "master_key", derives, "products with management_key = \"own\" need it",
     [](auto& c) { return c.card.master_key.empty(); }},
    {"authority", "certificate", certifies, "products with certificates need it",
     [](auto& c) { return c.authority.certificate.empty(); }},
    {"authority", "key", certifies, "products with certificates need it",
     [](auto& c) { return c.authority.key.empty(); }},
    {"authority", "crl", certifies, "products with certificates need it",
     [](auto& c) { return c.authority.crl.empty(); }},
    {"authority", "crl_url", certifies, "products with certificates need it",
     [](auto& c) { return c.authority.crl_url.empty(); }},
};

void check_needs(Reader& reader, const Draft& draft) {
  for (const auto& need : needs) {
    const auto* section = reader.root()[need.section].as_table();
    if (!need.needed(draft) || (section && section->contains(need.key))) continue;
    reader.report(
        section ? section->source().begin.line : 0,
        "[" + std::string(need.section) + "] has no " + std::string(need.key) + ": " + std::string(need.by),
        "write it, see docs/configuration.md");
  }
}

void check_length(Reader& reader, Way way, std::string_view what, std::size_t length, unsigned min,
                  unsigned max) {
  if (length >= min && length <= max) return;
  const auto range = std::to_string(min) + (min == max ? "" : " to " + std::to_string(max));
  reader.report(line_of(reader, way), std::string(what) + " has " + std::to_string(length) + " digits",
                "write " + range + ": the card family takes no other");
}

void check_card(Reader& reader, const CardSection& card, const core::FamilyLimits& family) {
  check_length(reader, {"card", "factory_pin"}, "factory_pin", card.factory_pin.size(), family.pin_min,
               family.pin_max);
  check_length(reader, {"card", "factory_puk"}, "factory_puk", card.factory_puk.size(), family.puk_min,
               family.puk_max);
  const auto needed = api::key_bytes(card.factory_algorithm), has = card.factory_management_key.size();
  if (needed != has)
    reader.report(line_of(reader, {"card", "factory_management_key"}),
                  "factory_management_key has " + std::to_string(has) + " bytes, " +
                      std::string(api::name_of(card.factory_algorithm)) + " has " + std::to_string(needed),
                  "write factory_algorithm = the blanks' own, or factory_management_key = the file that "
                  "holds their key");
}

// Profiles by name become what the engine wants to know of them.
void resolve_certificates(Reader& reader, const Configuration& configuration, ProductSection& product) {
  const Way way{"product", product.name, "certificates"};
  for (const auto& name : product.profiles) {
    const auto found = configuration.profiles.find(name);
    if (found == configuration.profiles.end()) {
      reader.report(line_of(reader, way), "unknown certificate profile " + in_quotes(name),
                    instead_of(name, names_of(configuration.profiles)));
      continue;
    }
    const auto& profile = found->second;
    for (const auto& other : product.certificates)
      if (other.purpose == profile.purpose)
        reader.report(line_of(reader, way),
                      in_quotes(name) + " and " + in_quotes(other.profile) + " are both for " +
                          std::string(api::name_of(profile.purpose)) + ", and a chip has one place for it",
                      "write one of them");
    product.certificates.push_back({name, profile.purpose, profile.algorithm});
  }
}

void check_product(Reader& reader, const core::FamilyLimits& family, const ProductSection& product) {
  const auto title = "[product." + product.name + "] ";
  check_length(reader, {"product", product.name, "pin_length"}, title + "pin_length", product.pin_length,
               family.pin_min, family.pin_max);
  check_length(reader, {"product", product.name, "puk_length"}, title + "puk_length", product.puk_length,
               family.puk_min, family.puk_max);
  if (!product.encode && !product.profiles.empty())
    reader.report(line_of(reader, {"product", product.name, "certificates"}),
                  title + "has certificates, and its chip is not encoded",
                  "write encode = true, or remove certificates");
  if (!product.encode && product.layout_front.empty() && product.layout_back.empty())
    reader.report(line_of(reader, {"product", product.name}), title + "neither encodes nor prints",
                  "write encode = true, or layout_front = \"PATH\"");
}

void check_references(Reader& reader, const Draft& draft) {
  const auto& configuration = draft.configuration;
  const auto products = names_of(draft.products);
  const auto check = [&](Way way, const std::string& product) {
    if (!product.empty() && !draft.products.contains(product))
      reader.report(line_of(reader, way), "there is no product " + in_quotes(product),
                    instead_of(product, products));
  };
  check({"station", "default_product"}, configuration.station.default_product);
  for (const auto& [name, type] : configuration.production_types)
    check({"production_type", name, "product"}, type.product);
  if (products.empty())
    reader.report(0, "there is no product", "write [product.NAME], see docs/configuration.md");
  for (const auto* section : {"station", "line"})
    if (!reader.root().contains(section))
      reader.report(0, "there is no section [" + std::string(section) + "]",
                    "write it, see docs/configuration.md");
}

}  // namespace

void check_together(Reader& reader, Draft& draft) {
  auto& configuration = draft.configuration;
  const auto& family = *find_family(configuration.card.family);
  check_references(reader, draft);
  check_needs(reader, draft);
  check_card(reader, configuration.card, family);
  for (auto& [name, product] : draft.products) {
    resolve_certificates(reader, configuration, product);
    check_product(reader, family, product);
    configuration.products[name] = product;
  }
}

}  // namespace config
