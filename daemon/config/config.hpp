#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/core/product.hpp"
#include "drivers/api/secret.hpp"

// The station's configuration as values: /etc/cardwright/station.toml and the roles file it names. Read at
// the start, and again when somebody asks for that; whoever needs a part of it gets that part. All paths are
// absolute.
namespace config {

// Something wrong, and what to write instead.
struct Problem {
  std::filesystem::path file;
  unsigned line = 0;  // 0: the file as a whole
  std::string text;   // what is wrong; never holds a secret
  std::string advice;

  // FILE:LINE: text; advice
  std::string message() const;
};

struct Station {
  std::string name = "station";
  std::string organisation;
  std::filesystem::path socket = "/run/cardwright/station";  // where systemd does not hand one over
  std::filesystem::path state_directory = "/var/lib/cardwright";
  std::filesystem::path renderer = "/usr/libexec/cardwright/cardwright-render";
  std::filesystem::path fonts;  // fontconfig file: which fonts layouts may use; empty: the system's
  std::filesystem::path roles;  // the roles file; empty: root has every role, nobody else has one
  std::string default_product;
  std::string default_production_type;  // empty: every order has to name one
  std::string number_prefix = "T";
  unsigned amount_max = 9;
  unsigned batch_cards_max = 1000;
  unsigned consecutive_failures_max = 3;
  unsigned attempts_max = 5;
  unsigned import_cards_max = 1000;
  unsigned orders_open_max = 10'000;
  unsigned cards_per_holder = 1;
  unsigned retention_days = 0;                                      // 0: for ever
  std::vector<std::chrono::minutes> shifts = core::Rules{}.shifts;  // as core::Rules says
};

// The printer drivers of this version.
inline constexpr std::array<std::string_view, 1> printer_drivers{"simulated"};

// A driver and what it is told: "simulated:/run/world" is {"simulated", "/run/world"}.
struct Device {
  std::string driver;
  std::string address;
  friend bool operator==(const Device&, const Device&) = default;
};

struct Line {
  Device printer;
  std::string encoder;       // a regular expression (ECMAScript) for the reader's name
  std::string hand_encoder;  // the same, of the reader that people put cards into; empty: there is none
};

struct Authority {
  std::filesystem::path certificate;  // PEM
  std::filesystem::path key;          // PEM
  std::filesystem::path crl;          // where the revocation list is written
  std::string crl_url;                // where holders of certificates fetch it
  std::string issuer_url;             // of the authority's certificate; empty: not said
  std::vector<std::string> subject;   // for --init-authority: "TYPE=text"
  unsigned validity_days = 3650;      // for --init-authority
  unsigned crl_days = 7;              // from one revocation list to its next update
  unsigned station_number = 1;        // 1 to 127: the first byte of every serial number
};

// PIN letters: what they look like, who releases them, and where they go.
struct Letters {
  std::string layout;                                            // path of an SVG file
  std::filesystem::path folder = "/var/lib/cardwright/letters";  // for a mailer station
  std::string printer;                                           // ipp:// or ipps://; empty: to the folder
  api::Bytes printer_certificate;                                // DER; its own, needed for ipps://
  unsigned persons = 0;                                          // who have to release each
};

struct Vault {
  std::filesystem::path key;  // seals PIN and PUK until they are delivered
};

// The management key that PIV blanks commonly come with (24 bytes: triple DES or AES-192).
inline constexpr std::array<std::uint8_t, 24> default_management_key{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4,
                                                                     5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8};

// What the blanks are like when they come, and which management key they get.
struct CardSection {
  std::string family = "piv";
  api::ManagementAlgorithm factory_algorithm = api::ManagementAlgorithm::tripleDes;
  api::Secret factory_management_key{default_management_key};  // as long as its algorithm asks for
  api::Secret factory_pin{api::bytes_of("123456")};
  api::Secret factory_puk{api::bytes_of("12345678")};
  api::ManagementAlgorithm management_algorithm = api::ManagementAlgorithm::aes192;  // of the card's own key
  std::filesystem::path master_key;  // from which the cards' own management keys are derived
  unsigned chip_seconds = 150;       // how long one step may keep a chip busy
};

// What a product's certificate looks like; what is absent is as the authority ships it for that purpose.
struct CertificateProfile {
  std::string name;
  api::KeyPurpose purpose = api::KeyPurpose::authentication;
  api::KeyAlgorithm algorithm = api::KeyAlgorithm::p256;
  std::optional<std::vector<std::string>> extended_key_usage;  // object identifiers, dotted
  std::optional<std::vector<std::string>> policies;            // object identifiers, dotted
  std::optional<std::vector<std::string>> subject;             // "TYPE=text", outermost first
  std::optional<std::vector<std::string>> alternative_names;   // "URI=text", "email=text", "UPN=text"
  std::optional<unsigned> validity_days;
};

// Where orders go that somebody else makes.
struct Bureau {
  std::filesystem::path outbox;       // folder
  std::filesystem::path recipient;    // PEM: the bureau's certificate, that job files are encrypted for
  std::filesystem::path certificate;  // PEM: the station's, that they are signed with
  std::filesystem::path key;          // PEM: its private key
};

using core::Producer;
using core::ProductionType;
using core::UseCases;

// Who may do what, by numeric ids. A role that is not named has no members.
inline constexpr std::array<std::string_view, 6> role_names{"requester", "operator", "technician",
                                                            "custodian", "auditor",  "administrator"};
struct Members {
  std::vector<std::uint32_t> uids;
  std::vector<std::uint32_t> gids;
};

struct Configuration {
  std::filesystem::path file;  // station.toml
  Station station;
  Line line;
  Authority authority;
  Vault vault;
  Letters letters;
  CardSection card;
  std::optional<Bureau> bureau;
  std::map<std::string, CertificateProfile> profiles;
  std::map<std::string, core::Product> products;
  std::map<std::string, ProductionType> production_types;
  UseCases use_cases;
  std::map<std::string, Members> roles;  // every name of `role_names`

  core::Rules rules() const;
};

// Whether the files that `--init-authority` makes have to be there.
enum class Files { present, toBeMade };

// Reads everything and reports all that is wrong at once, in the order of the files and lines.
tl::expected<Configuration, std::vector<Problem>> load(const std::filesystem::path& station_toml,
                                                       Files made = Files::present);

struct Reloaded {
  Configuration configuration;  // what counts from now on
  std::vector<Problem> kept;    // what stays as it was until the station is started again
};

// What becomes of a running station when its configuration is read again. What only a start can change keeps
// its value; where the rest cannot do without such a change, nothing is taken, and that is said.
tl::expected<Reloaded, std::vector<Problem>> reload(const Configuration& running, Configuration next);

// The tables of docs/configuration.md, made from what `load` knows.
std::string reference();

}  // namespace config
