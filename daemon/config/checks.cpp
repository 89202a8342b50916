#include <sys/stat.h>
#include <unistd.h>

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

// A file that is named and has to be there.
struct Named {
  std::string_view section, key;
  const std::filesystem::path& path;
};

bool is_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

void check_files(Reader& reader, std::initializer_list<Named> files, const std::string& advice) {
  for (const auto& file : files) {
    if (file.path.empty() || is_file(file.path)) continue;  // empty: reported already
    reader.report(line_of(reader, {file.section, file.key}),
                  std::string(file.key) + ": there is no file " + file.path.string(), advice);
  }
}

void check_made(Reader& reader, const Configuration& configuration) {
  check_files(reader,
              {{"authority", "certificate", configuration.authority.certificate},
               {"authority", "key", configuration.authority.key},
               {"vault", "key", configuration.vault.key},
               {"card", "master_key", configuration.card.master_key}},
              "run cardwrightd --init-authority, which makes it");
}

// The outbox may be a share that comes later: whether it is there shows when a job file is written.
void check_bureau_files(Reader& reader, const Bureau& bureau) {
  check_files(reader,
              {{"bureau", "recipient", bureau.recipient},
               {"bureau", "certificate", bureau.certificate},
               {"bureau", "key", bureau.key}},
              "put it there, see docs/bureau.md");
}

void check_fonts(Reader& reader, const Station& station) {
  check_files(reader, {{"station", "fonts", station.fonts}},
              "write the path of a fontconfig file, or remove it");
}

void check_renderer(Reader& reader, const Station& station) {
  if (is_file(station.renderer) && ::access(station.renderer.c_str(), X_OK) == 0) return;
  reader.report(line_of(reader, {"station", "renderer"}),
                "renderer: there is no program " + station.renderer.string(),
                "write renderer = the path of cardwright-render");
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
  const auto& type = configuration.station.default_production_type;
  if (!type.empty() && !configuration.production_types.contains(type))
    reader.report(line_of(reader, {"station", "default_production_type"}),
                  "there is no production type " + in_quotes(type),
                  instead_of(type, names_of(configuration.production_types)));
  if (products.empty())
    reader.report(0, "there is no product", "write [product.NAME], see docs/configuration.md");
  for (const auto* section : {"station", "line", "authority", "vault", "letters", "card"})
    if (!reader.root().contains(section))
      reader.report(0, "there is no section [" + std::string(section) + "]",
                    "write it, see docs/configuration.md");
}

// A body comes back from a bureau with an untouched chip: only what is encoded afterwards can leave
// `produced`.
void check_bureau_type(Reader& reader, const Draft& draft, const ProductionType& type) {
  const Way producer{"production_type", type.name, "producer"};
  const auto title = "[production_type." + type.name + "] ";
  if (!draft.configuration.bureau)
    reader.report(line_of(reader, producer), title + "is made by a bureau, and there is no section [bureau]",
                  "write [bureau], see docs/bureau.md, or producer = \"station\"");
  const auto product = draft.products.find(type.product);
  if (product != draft.products.end() && !product->second.encode)
    reader.report(line_of(reader, producer),
                  title + "is made by a bureau, and the chip of product " + in_quotes(type.product) +
                      " is not encoded: nothing would be left to do with its bodies",
                  "name a product with encode = true, or write producer = \"station\"");
}

void check_production_types(Reader& reader, const Draft& draft) {
  for (const auto& [name, type] : draft.configuration.production_types) {
    if (type.producer == Producer::bureau) check_bureau_type(reader, draft, type);
    if (type.queue == false && type.queue_minutes.count() > 0)
      reader.report(line_of(reader, {"production_type", name, "queue_minutes"}),
                    "[production_type." + name + "] has queue_minutes, and its orders never wait",
                    "write queue = true, or remove queue_minutes");
  }
}

void check_hand_encoder(Reader& reader, const Configuration& configuration) {
  const auto& line = configuration.line;
  if (configuration.use_cases.initialize && line.hand_encoder.empty())
    reader.report(line_of(reader, {"use_cases", "initialize"}),
                  "initialize = true, and there is no reader to put cards into",
                  "write [line] hand_encoder, or initialize = false");
  if (!line.hand_encoder.empty() && line.hand_encoder == line.encoder)
    reader.report(line_of(reader, {"line", "hand_encoder"}), "hand_encoder is the reader of the line itself",
                  "name another reader, or remove hand_encoder");
}

// Encrypted for whoever answers is not kept secret.
void check_letters(Reader& reader, const Letters& letters) {
  const auto* section = reader.root()["letters"].as_table();
  if (!section || section->contains("printer") == letters.printer.empty()) return;  // reported already
  const bool encrypted = letters.printer.starts_with("ipps:");
  const bool named = section->contains("printer_certificate");
  if (encrypted && !named)
    reader.report(line_of(reader, {"letters", "printer"}),
                  "printer is reached over TLS, and nothing says which certificate is its own",
                  "write printer_certificate = its PEM file; " + std::string(Certificate::advice));
  if (named && !encrypted)
    reader.report(line_of(reader, {"letters", "printer_certificate"}),
                  "printer_certificate is of no use: only a printer at ipps:// shows one",
                  "write printer = \"ipps://HOST/PATH\", or remove printer_certificate");
}

}  // namespace

bool check_roles_file(Reader& reader, const std::filesystem::path& path) {
  const auto refuse = [&](std::string_view what, std::string advice) {
    reader.report(line_of(reader, {"station", "roles"}), "roles: " + path.string() + std::string(what),
                  std::move(advice));
    return false;
  };
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return refuse(" is no file that can be read", "write the path of the roles file, or remove roles");
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return refuse(" belongs to another user", "give it to root: chown root " + path.string());
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return refuse(" can be written by others", "close it: chmod go-w " + path.string());
  return true;
}

void check_together(Reader& reader, Draft& draft, Files made) {
  auto& configuration = draft.configuration;
  const auto& family = *find_family(configuration.card.family);
  check_references(reader, draft);
  check_renderer(reader, configuration.station);
  check_fonts(reader, configuration.station);
  if (made == Files::present) {
    check_made(reader, configuration);
    if (configuration.bureau) check_bureau_files(reader, *configuration.bureau);
  }
  check_production_types(reader, draft);
  check_hand_encoder(reader, configuration);
  check_letters(reader, configuration.letters);
  check_card(reader, configuration.card, family);
  for (auto& [name, product] : draft.products) {
    resolve_certificates(reader, configuration, product);
    check_product(reader, family, product);
    product.chip = product.has_chip.value_or(product.encode);
    configuration.products[name] = product;
  }
}

}  // namespace config
