#pragma once
#include <algorithm>

#include "daemon/config/kinds.hpp"

// Every key of every section: what it is called, what may stand there, where it goes and what it means. Files
// are read by these tables, and docs/configuration.md is written from them.
namespace config {

// A product as it is written: certificates by the names of their profiles.
struct ProductSection : core::Product {
  std::vector<std::string> profiles;
  std::optional<bool> has_chip;  // absent: as `encode`
};

// Whether a change takes effect when the configuration is read again; else with the next start.
template <class T>
inline constexpr bool changes_at_once = false;
template <>
inline constexpr bool changes_at_once<ProductSection> = true;
template <>
inline constexpr bool changes_at_once<ProductionType> = true;
template <>
inline constexpr bool changes_at_once<UseCases> = true;
template <>
inline constexpr bool changes_at_once<Members> = true;

template <class T>
bool same(const T& one, const T& other) {
  return one == other;
}
inline bool same(const api::Secret& one, const api::Secret& other) {
  return std::ranges::equal(one.reveal(), other.reveal());
}
template <class T>
T copy_of(const T& value) {
  return value;
}
inline api::Secret copy_of(const api::Secret& value) {
  return value.copy();
}

template <class T>
struct Key {
  std::string_view name;
  bool required;
  bool at_once;
  std::string_view text;  // for people
  std::string (*form)();
  std::string (*initial)();  // of a section that does not say it
  void (*read)(const At& at, T& out);
  bool (*same)(const T& one, const T& other);
  void (*keep)(const T& from, T& in);
};

template <class T, class Kind, auto Member>
constexpr Key<T> key(std::string_view name, std::string_view text, bool required = false) {
  return {name,
          required,
          changes_at_once<T>,
          text,
          [] { return Kind::form(); },
          [] { return Kind::show(T{}.*Member); },
          [](const At& at, T& out) { Kind::read(at, out.*Member); },
          [](const T& one, const T& other) { return config::same(one.*Member, other.*Member); },
          [](const T& from, T& in) { in.*Member = copy_of(from.*Member); }};
}

template <class T>
constexpr Key<T> at_once(Key<T> key) {
  key.at_once = true;
  return key;
}

template <class T>
struct Keys;

template <>
struct Keys<Station> {
  using T = Station;
  static constexpr std::array all{
      key<T, Text, &T::name>("name", "What the station calls itself."),
      key<T, Text, &T::organisation>("organisation", "Whose cards these are; layouts print it."),
      key<T, Path, &T::socket>("socket", "The Unix socket, where systemd does not hand one over."),
      key<T, Path, &T::state_directory>("state_directory", "Holds the journal; for the daemon alone."),
      key<T, Path, &T::renderer>("renderer", "The program that renders layouts."),
      key<T, Path, &T::fonts>("fonts",
                              "Fontconfig file that names the fonts of layouts; absent: the system's own."),
      at_once(key<T, Path, &T::roles>("roles", "The roles file; without it, root alone has every role.")),
      at_once(key<T, Text, &T::default_product>("default_product",
                                                "What is made when a request names no product.", true)),
      at_once(key<T, Text, &T::default_production_type>(
          "default_production_type",
          "How an order is carried out that names no production type; absent: it has to.")),
      at_once(key<T, Prefix, &T::number_prefix>("number_prefix",
                                                "Stands before the digits of every card number.")),
      at_once(key<T, Whole<1, 1'000>, &T::amount_max>("amount_max", "Cards that one request may ask for.")),
      at_once(key<T, Whole<1, 100'000>, &T::batch_cards_max>("batch_cards_max",
                                                             "Cards that one batch may have.")),
      at_once(key<T, Whole<1, 1'000>, &T::consecutive_failures_max>(
          "consecutive_failures_max", "So many failed cards in a row stop the batch.")),
      at_once(key<T, Whole<1, 100>, &T::attempts_max>(
          "attempts_max", "Attempts that one card may have; after that it can only be given up.")),
      at_once(key<T, Whole<1, 10'000>, &T::import_cards_max>("import_cards_max",
                                                             "Cards that one import may have.")),
      at_once(key<T, Whole<1, 1'000'000>, &T::orders_open_max>(
          "orders_open_max", "Orders that are neither completed nor aborted; more are refused.")),
      at_once(key<T, Whole<1, 1'000>, &T::cards_per_holder>("cards_per_holder",
                                                            "Cards that one holder may have at a time.")),
      at_once(key<T, Whole<0, 36'500>, &T::retention_days>(
          "retention_days",
          "Fields, notes and photos of cards and orders are erased so long after production; 0: never.")),
      at_once(key<T, TimesOfDay, &T::shifts>(
          "shifts", "When the shifts begin, in local time; statistics count by them.")),
  };
};

template <>
struct Keys<Line> {
  using T = Line;
  static constexpr std::array all{
      key<T, DriverAndAddress, &T::printer>(
          "printer", "The printer: its driver and what the driver is told, `simulated:SOCKET`.", true),
      key<T, Pattern, &T::encoder>(
          "encoder", "Finds the PC/SC reader by its name; it need not be there to print.", true),
      key<T, Pattern, &T::hand_encoder>("hand_encoder",
                                        "Finds another reader: the one that people put cards into. Absent: "
                                        "nothing is encoded by hand."),
  };
};

template <>
struct Keys<Authority> {
  using T = Authority;
  static constexpr std::array all{
      key<T, Path, &T::certificate>("certificate", "The issuing certificate, PEM.", true),
      key<T, Path, &T::key>("key", "Its private key, PEM, for the daemon alone.", true),
      key<T, Path, &T::crl>("crl",
                            "Where the revocation list is written, PEM. While it cannot be, no card with "
                            "certificates leaves the machine.",
                            true),
      key<T, Url, &T::crl_url>("crl_url", "Where everybody can fetch that list; stands in every certificate.",
                               true),
      key<T, Url, &T::issuer_url>("issuer_url",
                                  "Where the issuing certificate can be fetched; absent: not said."),
      key<T, Attributes, &T::subject>("subject", "Name of the authority that `--init-authority` makes."),
      key<T, Whole<1, 10'950>, &T::validity_days>("validity_days", "How long that authority lives."),
      key<T, Whole<1, 365>, &T::crl_days>("crl_days", "From one revocation list to its next update."),
      key<T, Whole<1, 127>, &T::station_number>(
          "station_number", "First byte of every serial number: one for each station of an authority."),
  };
};

template <>
struct Keys<Letters> {
  using T = Letters;
  static constexpr std::array all{
      key<T, Layout, &T::layout>("layout", "What a PIN letter looks like.", true),
      key<T, Path, &T::folder>("folder", "Where letters are written, PDF, for a mailer station."),
      key<T, PrinterUrl, &T::printer>("printer",
                                      "An IPP printer of their own; absent: they go to the folder. With "
                                      "`ipp://` their PINs cross the network in clear."),
      key<T, Certificate, &T::printer_certificate>("printer_certificate",
                                                   "The certificate that the printer itself shows, needed "
                                                   "for `ipps://`: whoever shows another gets no "
                                                   "letter."),
      at_once(key<T, Whole<0, 2>, &T::persons>(
          "persons", "So many different persons have to release each letter; 0: it goes out by itself.")),
  };
};

template <>
struct Keys<Vault> {
  static constexpr std::array all{
      key<Vault, Path, &Vault::key>("key", "Seals PIN and PUK until they are delivered: a file of 32 bytes.",
                                    true),
  };
};

template <>
struct Keys<CardSection> {
  using T = CardSection;
  static constexpr std::array all{
      key<T, Family, &T::family>("family", "The language of the chips."),
      key<T, Name<api::ManagementAlgorithm>, &T::factory_algorithm>(
          "factory_algorithm", "Algorithm of the management key that blanks come with."),
      key<T, FactoryKey, &T::factory_management_key>("factory_management_key",
                                                     "The management key that blanks come with."),
      key<T, Digits, &T::factory_pin>("factory_pin", "The PIN that blanks come with."),
      key<T, Digits, &T::factory_puk>("factory_puk", "The PUK that blanks come with."),
      key<T, Name<api::ManagementAlgorithm>, &T::management_algorithm>(
          "management_algorithm", "Algorithm of each card's own management key."),
      key<T, Path, &T::master_key>(
          "master_key", "What each card's own management key is derived from: a file of 32 bytes.", true),
      key<T, Whole<1, 600>, &T::chip_seconds>(
          "chip_seconds", "How long one step may keep a chip busy; an RSA key can take 30 seconds."),
  };
};

template <>
struct Keys<Bureau> {
  using T = Bureau;
  static constexpr std::array all{
      key<T, Path, &T::outbox>("outbox", "The folder that job files are written to.", true),
      key<T, Path, &T::recipient>("recipient", "The bureau's certificate, PEM: who can read job files.",
                                  true),
      key<T, Path, &T::certificate>("certificate", "The station's certificate, PEM: who signs job files.",
                                    true),
      key<T, Path, &T::key>("key", "Its private key, PEM, for the daemon alone.", true),
  };
};

template <>
struct Keys<CertificateProfile> {
  using T = CertificateProfile;
  static constexpr std::array all{
      key<T, Name<api::KeyPurpose>, &T::purpose>("purpose", "What the key is for.", true),
      key<T, Name<api::KeyAlgorithm>, &T::algorithm>("algorithm", "Of the key that is made on the chip."),
      key<T, Maybe<Identifiers>, &T::extended_key_usage>("extended_key_usage",
                                                         "Purposes (RFC 5280, 4.2.1.12)."),
      key<T, Maybe<Identifiers>, &T::policies>("policies", "Certificate policies (RFC 5280, 4.2.1.4)."),
      key<T, Maybe<Attributes>, &T::subject>(
          "subject",
          "The subject, outermost first; `{number}` `{guid}` `{name}` `{upn}` `{email}` are filled in."),
      key<T, Maybe<AlternativeNames>, &T::alternative_names>(
          "alternative_names", "Subject alternative names; one whose placeholder has no value is left out."),
      key<T, Maybe<Whole<1, 10'950>>, &T::validity_days>(
          "validity_days", "At most so long; the card's and the authority's end may come first."),
  };
};

template <>
struct Keys<ProductSection> {
  using T = ProductSection;
  static constexpr std::array all{
      key<T, Text, &T::title>("title", "What people call it.", true),
      key<T, Whole<1, 16>, &T::pin_length>("pin_length", "Digits; 6 to 8 for PIV."),
      key<T, Whole<1, 16>, &T::puk_length>("puk_length", "Digits; 8 for PIV."),
      key<T, Flag, &T::encode>("encode", "Whether the chip is personalised; false: print only."),
      key<T, Texts, &T::profiles>("certificates",
                                  "Names of certificate profiles; only with `encode = true`."),
      key<T, Name<core::Confirm>, &T::confirm>("confirm", "Who confirms a good card."),
      key<T, Layout, &T::layout_front>("layout_front", "What is printed on the front; absent: nothing."),
      key<T, Layout, &T::layout_back>("layout_back", "What is printed on the back; absent: nothing."),
      key<T, Whole<1, 10'950>, &T::pool_days>("pool_days",
                                              "Chip and certificates live so long from production."),
      key<T, Whole<1, 10'950>, &T::validity_days>("validity_days", "An assignment lives so long."),
      key<T, OwnOrSupplied, &T::own_management_key>(
          "management_key",
          "`supplied` keeps the key that the blank came with: only where it cannot be changed."),
      key<T, Flag, &T::puk_on_letter>("puk_on_letter", "Whether the letter shows the PUK as well."),
      key<T, Maybe<Flag>, &T::has_chip>(
          "chip", "Whether its blanks have a chip, whose contacts no print may reach; absent: as `encode`."),
      key<T, Tracks, &T::tracks>("tracks",
                                 "Tracks 1 to 3 of the magnetic stripe (ISO/IEC 7811) with `{FIELD}` for a "
                                 "field that a layout may show; \"\": not written. Track 1 takes capital "
                                 "letters, digits and signs, the others digits and `=`."),
      key<T, OptionNames, &T::operator_may_change>("operator_may_change",
                                                   "Options that a request may override."),
  };
};

template <>
struct Keys<ProductionType> {
  using T = ProductionType;
  static constexpr std::array all{
      key<T, Text, &T::product>("product", "What is made.", true),
      key<T, Name<Producer>, &T::producer>("producer", "Who makes it."),
      key<T, Queue, &T::queue>("queue",
                               "Whether orders wait in the queue first; `\"operator\"`: the order says."),
      key<T, Minutes<0, 10'080>, &T::queue_minutes>(
          "queue_minutes", "An order waits in the queue at least so long; until then it can be aborted."),
  };
};

template <>
struct Keys<UseCases> {
  using T = UseCases;
  static constexpr std::array all{
      key<T, Flag, &T::request>("request", "Requesting and issuing cards."),
      key<T, Flag, &T::order>("order", "Ordering cards, the queue of orders."),
      key<T, Flag, &T::initialize>("initialize", "Initialising produced bodies by hand."),
      key<T, Flag, &T::assign>("assign", "Assigning, extending, withdrawing and locking cards of the pool."),
      key<T, Flag, &T::import>("import", "Importing batches."),
  };
};

template <>
struct Keys<Members> {
  static constexpr std::array all{
      key<Members, Ids, &Members::uids>("uids", "Users."),
      key<Members, Ids, &Members::gids>("gids", "Groups; a member of one has the role."),
  };
};

// Reads one table by its keys; reports what is unknown and what is missing.
template <class T>
void read_table(Reader& reader, const toml::table& table, const std::string& title, T& out) {
  std::vector<std::string_view> names;
  for (const auto& key : Keys<T>::all) names.push_back(key.name);
  for (const auto& [key, node] : table) {
    const auto* found = std::ranges::find(Keys<T>::all, key.str(), &Key<T>::name);
    if (found == Keys<T>::all.end())
      report_unknown(reader, key, "key", names);
    else
      found->read(At{reader, found->name, node}, out);
  }
  for (const auto& key : Keys<T>::all)
    if (key.required && !table.contains(key.name))
      reader.report(table.source().begin.line, "[" + title + "] has no " + std::string(key.name),
                    "write " + std::string(key.name) + " = " + key.form());
}

// The keys as rows of a Markdown table.
template <class T>
std::string describe_keys() {
  std::string rows = "| key | value | default | a change counts | meaning |\n|---|---|---|---|---|\n";
  for (const auto& key : Keys<T>::all) {
    const auto initial = key.required ? "required" : key.initial();
    rows.append("| `").append(key.name).append("` | ").append(key.form()).append(" | ");
    rows.append(initial).append(" | ").append(key.at_once ? "at once" : "after a restart");
    rows.append(" | ").append(key.text).append(" |\n");
  }
  return rows;
}

}  // namespace config
