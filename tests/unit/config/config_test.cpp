#include <sstream>

#include "tests/unit/config/written.hpp"

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(configuration, becomes_values) {
  const auto loaded = load(good);
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  EXPECT_EQ(loaded->station.name, "first floor");
  EXPECT_EQ(loaded->letters.folder, directory / "letters");
  EXPECT_EQ(loaded->station.state_directory, "/var/lib/cardwright");  // a default
  EXPECT_EQ(loaded->line.printer.driver, "simulated");
  EXPECT_EQ(loaded->line.printer.address, "/run/world");
  EXPECT_EQ(loaded->authority.key, directory / "ca.key");
  EXPECT_EQ(loaded->card.factory_management_key.size(), 24u);
  EXPECT_EQ(loaded->card.factory_puk.size(), 8u);
  EXPECT_THAT(loaded->profiles.at("login").policies, testing::Optional(ElementsAre("1.2.3.4")));
  EXPECT_EQ(loaded->profiles.at("login").subject, std::nullopt);
  EXPECT_EQ(loaded->production_types.at("standard").queue, true);
  EXPECT_TRUE(loaded->use_cases.request);
  EXPECT_FALSE(loaded->use_cases.order);
}

TEST_F(configuration, becomes_rules) {
  const auto rules = load(good).value().rules();
  EXPECT_EQ(rules.default_product, "temporary");
  EXPECT_EQ(rules.amount_max, 5u);
  EXPECT_EQ(rules.organisation, "Example");
  const auto& temporary = rules.products.at("temporary");
  EXPECT_EQ(temporary.name, "temporary");
  EXPECT_EQ(temporary.pin_length, 7u);
  ASSERT_EQ(temporary.certificates.size(), 2u);
  EXPECT_EQ(temporary.certificates[0].profile, "mail");
  EXPECT_EQ(temporary.certificates[0].purpose, api::KeyPurpose::keyManagement);
  EXPECT_EQ(temporary.certificates[0].algorithm, api::KeyAlgorithm::p384);
  EXPECT_EQ(temporary.layout_front, directory / "front.svg");
  EXPECT_EQ(temporary.layout_back, "");
  EXPECT_THAT(temporary.operator_may_change, ElementsAre("pinLength"));
  EXPECT_FALSE(rules.products.at("visitor").encode);
  EXPECT_TRUE(rules.use_cases.request);
}

TEST_F(configuration, switches_use_cases_one_by_one) {
  for (const auto& [name, use_case] : core::use_case_names) {
    const bool shipped = core::UseCases{}.*use_case;
    const auto text =
        with("[line]\n", std::string("[use_cases]\n") + std::string(name) + " = " +
                             (shipped ? "false" : "true") + "\n[line]\nhand_encoder = \"Desk\"\n");
    const auto loaded = load(text);
    ASSERT_TRUE(loaded) << loaded.error().front().message();
    for (const auto& [other, another] : core::use_case_names)
      EXPECT_EQ(loaded->rules().use_cases.*another, core::UseCases{}.*another != (other == name)) << other;
  }
}

TEST_F(configuration, has_limits_that_become_rules) {
  const auto shipped = load(good).value().rules();
  EXPECT_EQ(shipped.attempts_max, core::Rules{}.attempts_max);
  EXPECT_EQ(shipped.import_cards_max, core::Rules{}.import_cards_max);
  EXPECT_EQ(shipped.orders_open_max, core::Rules{}.orders_open_max);
  EXPECT_EQ(shipped.cards_per_holder, core::Rules{}.cards_per_holder);
  EXPECT_EQ(shipped.retention, std::chrono::days(0));
  EXPECT_EQ(shipped.shifts, core::Rules{}.shifts);
  EXPECT_EQ(shipped.default_production_type, "");
  EXPECT_FALSE(shipped.hand_encoder);
  auto text = with("amount_max = 5",
                   "amount_max = 5\nattempts_max = 2\nimport_cards_max = 3\norders_open_max = 4\n"
                   "cards_per_holder = 6\nretention_days = 7\nshifts = [\"00:00\", "
                   "\"23:59\"]\ndefault_production_type = \"standard\"");
  text.replace(text.find("[line]\n"), 7, "[line]\nhand_encoder = \"Desk.*\"\n");
  text.append("queue_minutes = 90\n");
  const auto loaded = load(text);
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  const auto rules = loaded->rules();
  EXPECT_EQ(rules.attempts_max, 2u);
  EXPECT_EQ(rules.import_cards_max, 3u);
  EXPECT_EQ(rules.orders_open_max, 4u);
  EXPECT_EQ(rules.cards_per_holder, 6u);
  EXPECT_EQ(rules.retention, std::chrono::days(7));
  EXPECT_EQ(rules.shifts, (std::vector{std::chrono::minutes(0), std::chrono::minutes(24 * 60 - 1)}));
  EXPECT_EQ(rules.default_production_type, "standard");
  EXPECT_EQ(rules.production_types.at("standard").queue_minutes, std::chrono::minutes(90));
  EXPECT_TRUE(rules.hand_encoder);
  EXPECT_EQ(loaded->line.hand_encoder, "Desk.*");
}

TEST_F(configuration, names_a_bureau) {
  EXPECT_FALSE(load(good)->bureau);
  auto text = with("queue = true", "producer = \"bureau\"");
  text.append(
      "[bureau]\noutbox = \"outbox\"\nrecipient = \"ca.pem\"\ncertificate = \"ca.pem\"\nkey = \"ca.key\"\n");
  const auto loaded = load(text);
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  ASSERT_TRUE(loaded->bureau);
  EXPECT_EQ(loaded->bureau->outbox, directory / "outbox");
  EXPECT_EQ(loaded->bureau->recipient, directory / "ca.pem");
  EXPECT_EQ(loaded->production_types.at("standard").producer, core::Producer::bureau);
}

struct Mistake {
  std::string_view from, to;  // in the good configuration
  std::string_view on;        // what stands on the line that is named
  std::string_view message;   // after FILE:LINE:
};

const Mistake mistakes[] = {
    // names
    {"amount_max", "amount_maxx", "amount_maxx", "unknown key \"amount_maxx\"; did you mean \"amount_max\"?"},
    {"printer =", "colour = 1\nprinter =", "colour",
     "unknown key \"colour\"; write one of: printer, encoder, hand_encoder"},
    {"[vault]", "[volt]\n[vault]", "[volt]", "unknown section \"volt\"; did you mean \"vault\"?"},
    {"[vault]\nkey", "[vault]\nkey = \"a\"\nkey", "key = \"vault.key\"",
     "Error while parsing key-value pair: cannot redefine existing string 'key'"},
    {"[vault]", "[vault", "[vault", "Error while parsing"},
    {"[product.visitor]", "[product.\"a b\"]", "a b",
     "\"a b\" cannot be a name; write letters, digits, - and _"},
    // kinds
    {"amount_max = 5", "amount_max = \"5\"", "amount_max",
     "amount_max is no whole number; write amount_max = 1 to 1000"},
    {"amount_max = 5", "amount_max = 0", "amount_max",
     "amount_max = 0 is out of range; write amount_max = 1 to 1000"},
    {"amount_max = 5", "amount_max = -1", "amount_max", "amount_max = -1 is out of range; write amount_max"},
    {"amount_max = 5", "amount_max = 4294967297", "amount_max", "amount_max = 4294967297 is out of range"},
    {"name = \"first floor\"", "name = 3", "name = 3", "name is a whole number; write name = \"TEXT\""},
    {"name = \"first floor\"", "name = \"\"", "name = \"\"", "name is empty; write name = \"TEXT\""},
    {"name = \"first floor\"", "number_prefix = \"lower\"", "number_prefix",
     "number_prefix \"lower\" cannot begin a card number; write number_prefix = \"LETTERS\""},
    {"Virtual PCD.*", "Virtual PCD (", "encoder",
     "encoder \"Virtual PCD (\" is no regular expression; write encoder = "},
    {"simulated:/run/world", "simulated", "printer",
     "printer \"simulated\" does not name a driver and an address; write printer = \"DRIVER:ADDRESS\""},
    {"simulated:/run/world", "simulatd:/run/world", "printer",
     "there is no printer driver \"simulatd\"; did you mean \"simulated\"?"},
    {"http://pki.example.org/crl", "crl.pem", "crl_url",
     "crl_url \"crl.pem\" is no address; write crl_url = \"http://HOST/PATH\""},
    {"encode = false", "encode = \"no\"", "encode = \"no\"",
     "encode is neither true nor false; write encode = true or false"},
    {"\"1.2.3.4\"", "\"1.2.x\"", "1.2.x",
     "policies \"1.2.x\" is not of its form; write policies = [\"1.2.3\", …]"},
    {"[\"1.2.3.4\"]", "\"1.2.3.4\"", "policies", "policies is a text; write policies = ["},
    {"queue = true", "queue = \"sometimes\"", "queue",
     "queue is none of its values; write queue = true, false or \"operator\""},
    {"[\"pinLength\"]", "[\"pin_length\"]", "operator_may_change",
     "operator_may_change \"pin_length\" is not known; write operator_may_change = \"pinLength\", "
     "\"pukLength\", "},
    {"[line]", "[use_cases]\nrequest = 1\n[line]", "request = 1",
     "request is neither true nor false; write request = true or false"},
    {"[line]", "shifts = []\n[line]", "shifts",
     "shifts has no time of day; write shifts = [\"HH:MM\", …] (rising)"},
    {"[line]", "shifts = [\"06:00\", \"24:00\"]\n[line]", "shifts",
     "shifts \"24:00\" is no time of day; write shifts = "},
    {"[line]", "shifts = [\"6:00\"]\n[line]", "shifts", "shifts \"6:00\" is no time of day"},
    {"[line]", "shifts = [\"14:00\", \"06:00\"]\n[line]", "shifts",
     "shifts \"06:00\" does not come after the time before it; write shifts = "},
    {"[line]", "shifts = [\"06:00\", \"06:00\"]\n[line]", "shifts",
     "shifts \"06:00\" does not come after the time before it"},
    {"queue = true", "queue = true\nqueue_minutes = 10081", "queue_minutes",
     "queue_minutes = 10081 is out of range; write queue_minutes = 0 to 10080"},
    {"\"authentication\"", "\"login\"", "purpose = \"login\"",
     "purpose \"login\" is not known; write purpose = \"authentication\", \"signature\", \"keyManagement\" "
     "or"},
    {"factory_pin = \"123456\"", "factory_pin = \"12345x\"", "factory_pin",
     "factory_pin has other characters than digits; write factory_pin = \"DIGITS\" or \"@FILE\""},
    {"factory_pin = \"123456\"", "factory_pin = \"@absent\"", "factory_pin", "factory_pin names the file "},
    {"factory_management_key = \"default\"", "factory_management_key = \"absent\"", "factory_management_key",
     "factory_management_key names the file "},
    {"factory_management_key = \"default\"", "factory_management_key = \"front.svg\"",
     "factory_management_key", "factory_management_key names the file "},
    {"folder = \"letters\"", "folder = \"letters\"\nprinter = \"lpd://letters\"", "lpd://",
     "printer \"lpd://letters\" is no printer's address; write printer = \"ipp://HOST/PATH\" or "},
    {"folder = \"letters\"", "folder = \"letters\"\nprinter = \"ipp://me:secret@letters/print\"", "ipp://",
     "printer \"ipp://me:secret@letters/print\" is no printer's address"},
    {"folder = \"letters\"", "printer = \"ipps//letters\"\nprinter_certificate = \"printer.pem\"", "ipps//",
     "printer \"ipps//letters\" is no printer's address"},
    {"folder = \"letters\"", "printer = \"ipps://letters/print\"\nprinter_certificate = \"absent\"", "absent",
     "printer_certificate: there is no file "},
    {"folder = \"letters\"", "printer = \"ipps://letters/print\"\nprinter_certificate = \"ca.pem\"",
     "printer_certificate", "printer_certificate: there is no certificate (PEM) in "},
    {"folder = \"letters\"", "printer = \"ipps://letters/print\"\nprinter_certificate = 3",
     "printer_certificate", "printer_certificate is a whole number; write printer_certificate = \"PATH\""},
    {"folder = \"letters\"", "folder = \"letters\"\npersons = 3", "persons",
     "persons = 3 is out of range; write persons = 0 to 2"},
    // what is missing
    {"default_product = \"temporary\"\n", "", "[station]",
     "[station] has no default_product; write default_product = \"TEXT\""},
    {"printer = \"simulated:/run/world\"\n", "", "[line]",
     "[line] has no printer; write printer = \"DRIVER:ADDRESS\""},
    {"purpose = \"authentication\"\n", "", "[certificate_profile.login]",
     "[certificate_profile.login] has no purpose; write purpose = \"authentication\","},
    {"encoder = \"Virtual PCD.*\"\n", "", "[line]",
     "[line] has no encoder; write encoder = \"REGULAR EXPRESSION\""},
    {"crl_url = \"http://pki.example.org/crl\"\n", "", "[authority]",
     "[authority] has no crl_url; write crl_url = \"http://HOST/PATH\""},
    {"master_key = \"master.key\"\n", "", "[card]", "[card] has no master_key; write master_key = \"PATH\""},
    {"ca.pem", "absent", "absent", "certificate: there is no file "},
    {"ca.key", "absent", "absent", "key: there is no file "},
    {"vault.key", "absent", "absent", "key: there is no file "},
    {"master.key", "absent", "absent", "master_key: there is no file "},
    {"/bin/true", "absent", "renderer", "renderer: there is no program "},
    {"/bin/true", "front.svg", "renderer", "renderer: there is no program "},
    {"renderer = \"/bin/true\"", "", "[station]", "renderer: there is no program /usr/libexec/"},
    {"[line]", "roles = \"absent\"\n[line]", "roles", "roles: "},
    {"layout_front = \"front.svg\"", "layout_front = \"absent.svg\"", "absent.svg",
     "layout_front: there is no file "},
    // what does not go together
    {"encode = false", "encode = false\ncertificates = [\"login\"]", "certificates = [\"login\"]",
     "[product.visitor] has certificates, and its chip is not encoded; write encode = true, or remove "
     "certificates"},
    {"encode = false\nlayout_front = \"front.svg\"", "encode = false", "[product.visitor]",
     "[product.visitor] neither encodes nor prints; write encode = true, or layout_front = \"PATH\""},
    {"pin_length = 7", "tracks = [\"{number\"]", "tracks",
     "tracks can never be written: track 1: a field has a name between { and }; write "},
    {"pin_length = 7", "tracks = [\"\",\n\"no digits\"]", "no digits",
     "tracks can never be written: track 2 cannot hold 'n' (character 1); write "},
    {"pin_length = 7", "pin_length = 5", "pin_length = 5",
     "[product.temporary] pin_length has 5 digits; write 6 to 8: the card family takes no other"},
    {"pin_length = 7", "puk_length = 7", "puk_length = 7",
     "[product.temporary] puk_length has 7 digits; write 8: "},
    {"factory_pin = \"123456\"", "factory_pin = \"123\"", "factory_pin",
     "factory_pin has 3 digits; write 6 to 8: "},
    {"factory_pin = \"123456\"", "factory_algorithm = \"AES-128\"", "factory_management_key",
     "factory_management_key has 24 bytes, AES-128 has 16; write factory_algorithm = "},
    {"\"mail\", \"login\"", "\"mail\", \"logon\"", "logon",
     "unknown certificate profile \"logon\"; did you mean \"login\"?"},
    {"\"mail\", \"login\"", "\"mail\", \"mail\"", "certificates",
     "certificates names \"mail\" twice; write it once"},
    {"purpose = \"keyManagement\"", "purpose = \"authentication\"", "certificates",
     "\"login\" and \"mail\" are both for authentication, and a chip has one place for it; write one of "
     "them"},
    {"default_product = \"temporary\"", "default_product = \"temporal\"", "default_product",
     "there is no product \"temporal\"; did you mean \"temporary\"?"},
    {"product = \"temporary\"\nqueue", "product = \"x\"\nqueue", "product = \"x\"",
     "there is no product \"x\"; write one of: temporary, visitor"},
    {"amount_max = 5", "amount_max = 5\ndefault_production_type = \"standart\"", "default_production_type",
     "there is no production type \"standart\"; did you mean \"standard\"?"},
    {"queue = true", "queue = false\nqueue_minutes = 5", "queue_minutes",
     "[production_type.standard] has queue_minutes, and its orders never wait; write queue = true, or"},
    {"queue = true", "producer = \"bureau\"", "producer",
     "[production_type.standard] is made by a bureau, and there is no section [bureau]; write [bureau], "},
    {"[production_type.standard]\nproduct = \"temporary\"\nqueue = true",
     "[bureau]\noutbox = \"out\"\nrecipient = \"ca.pem\"\ncertificate = \"ca.pem\"\nkey = \"ca.key\"\n"
     "[production_type.standard]\nproduct = \"visitor\"\nproducer = \"bureau\"",
     "producer",
     "[production_type.standard] is made by a bureau, and the chip of product \"visitor\" is not encoded: "
     "nothing would be left to do with its bodies; name a product with encode = true, or write producer = "},
    {"[vault]",
     "[bureau]\noutbox = \"out\"\nrecipient = \"ca.pem\"\ncertificate = \"absent\"\nkey = "
     "\"ca.key\"\n[vault]",
     "absent", "certificate: there is no file "},
    {"[line]", "[use_cases]\ninitialize = true\n[line]", "initialize",
     "initialize = true, and there is no reader to put cards into; write [line] hand_encoder, or "},
    {"folder = \"letters\"", "printer = \"ipps://letters/print\"", "ipps://",
     "printer is reached over TLS, and nothing says which certificate is its own; write printer_certificate "
     "= its PEM file; get it with openssl s_client -connect HOST:631 -showcerts, "},
    {"folder = \"letters\"", "printer = \"ipp://letters/print\"\nprinter_certificate = \"printer.pem\"",
     "printer_certificate",
     "printer_certificate is of no use: only a printer at ipps:// shows one; write printer = \"ipps://"},
    {"folder = \"letters\"", "printer_certificate = \"printer.pem\"", "printer_certificate",
     "printer_certificate is of no use: "},
    {"encoder = \"Virtual PCD.*\"", "encoder = \"Virtual PCD.*\"\nhand_encoder = \"Virtual PCD.*\"",
     "hand_encoder", "hand_encoder is the reader of the line itself; name another reader, or remove "},
};

TEST_F(configuration, says_what_is_wrong_where_and_what_to_write_instead) {
  for (const auto& mistake : mistakes) {
    const auto text = with(mistake.from, mistake.to);
    const auto loaded = load(text);
    ASSERT_FALSE(loaded) << mistake.to;
    EXPECT_EQ(loaded.error().size(), 1u) << mistake.to << ": " << loaded.error().back().message();
    EXPECT_THAT(loaded.error().front().message(),
                StartsWith(place(text, mistake.on) + std::string(mistake.message)));
  }
}

TEST_F(configuration, names_the_file_when_there_is_no_line) {
  const auto without = load(with("[vault]\nkey = \"vault.key\"\n", ""));
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().front().message(),
            (directory / "station.toml").string() +
                ": there is no section [vault]; write it, see docs/configuration.md");
  const auto absent = config::load(directory / "absent.toml");
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().front().message(),
              HasSubstr("absent.toml: the file cannot be read; put it there"));
  EXPECT_FALSE(config::load(directory));
  EXPECT_EQ(load("renderer = 1").error().size(), 9u)
      << "no product, none of the six sections, no such section, no such program";
}

TEST_F(configuration, reports_everything_at_once_in_the_order_of_lines) {
  auto text = with("amount_max = 5", "amount_max = 0");
  text.replace(text.find("pin_length = 7"), 14, "pin_length = 9");
  text.replace(text.find("printer"), 7, "prynter");
  const auto loaded = load(text);
  ASSERT_FALSE(loaded);
  std::vector<unsigned> lines;
  for (const auto& problem : loaded.error()) lines.push_back(problem.line);
  EXPECT_THAT(lines, ElementsAre(5, 8, 9, 40));  // amount_max, [line] has no printer, prynter, pin_length
}

const std::filesystem::path source = CARDWRIGHT_SOURCE;

// With a renderer that is there and a roles file that is ours: both are so once installed.
TEST_F(configuration, as_shipped_loads) {
  std::filesystem::copy(source / "etc/cardwright", directory / "etc",
                        std::filesystem::copy_options::recursive);
  set_mode("etc/roles.toml", 0644);
  std::stringstream shipped;
  shipped << std::ifstream(source / "etc/cardwright/station.toml").rdbuf();
  auto text = shipped.str();
  const std::string_view renderer = "/usr/libexec/cardwright/cardwright-render";
  text.replace(text.find(renderer), renderer.size(), "/bin/true");
  write("etc/station.toml", text);
  const auto loaded = config::load(directory / "etc/station.toml", config::Files::toBeMade);
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  const auto& temporary = loaded->products.at("temporary");
  EXPECT_EQ(temporary.certificates.size(), 4u);
  EXPECT_TRUE(temporary.encode);
  EXPECT_THAT(temporary.operator_may_change, ElementsAre("certificates", "encode", "pinLength"));
  EXPECT_EQ(temporary.layout_back, directory / "etc/layouts/temporary-card-back.svg");
  EXPECT_FALSE(loaded->products.at("visitor").encode);
  EXPECT_EQ(loaded->station.default_product, "temporary");
  EXPECT_EQ(loaded->station.default_production_type, "standard");
  for (const auto& [name, use_case] : core::use_case_names)
    EXPECT_EQ(loaded->use_cases.*use_case, name == "request") << name;
}

TEST(shipped_configuration, is_documented_key_by_key) {
  std::stringstream document;
  document << std::ifstream(source / "docs/configuration.md").rdbuf();
  EXPECT_THAT(document.str(), HasSubstr(config::reference()))
      << "docs/configuration.md: replace the tables by what bin/config_reference prints";
}

}  // namespace
