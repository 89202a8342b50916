#include "tests/unit/config/written.hpp"

// A configuration that is read again while the station runs.
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct reload : configuration {
  // What becomes of a station with the good configuration when its file is this.
  auto to(const std::string& text) const {
    auto running = load(good);
    auto next = load(text);
    EXPECT_TRUE(next) << next.error().front().message();
    return config::reload(*running, *std::move(next));
  }
  std::vector<std::string> texts(const std::vector<config::Problem>& problems) const {
    std::vector<std::string> all;
    for (const auto& problem : problems) {
      EXPECT_EQ(problem.file, directory / "station.toml");
      EXPECT_EQ(problem.advice, "start it again: systemctl restart cardwright");
      all.push_back(problem.text);
    }
    return all;
  }
};

TEST_F(reload, of_the_same_file_changes_nothing_and_says_nothing) {
  const auto reloaded = to(std::string(good));
  ASSERT_TRUE(reloaded);
  EXPECT_THAT(texts(reloaded->kept), IsEmpty());
}

TEST_F(reload, takes_limits_products_types_use_cases_and_roles_at_once) {
  write("roles.toml", "[operator]\nuids = [1000]\n");
  auto text = with("amount_max = 5",
                   "amount_max = 6\nroles = \"roles.toml\"\nattempts_max = 2\nshifts = [\"07:30\"]");
  text.append("queue_minutes = 5\n[use_cases]\norder = true\n[product.second]\ntitle = \"Second\"\n");
  text.replace(text.find("pin_length = 7"), 14, "pin_length = 8");
  const auto reloaded = to(text);
  ASSERT_TRUE(reloaded);
  EXPECT_THAT(texts(reloaded->kept), IsEmpty());
  const auto rules = reloaded->configuration.rules();
  EXPECT_EQ(rules.amount_max, 6u);
  EXPECT_EQ(rules.attempts_max, 2u);
  EXPECT_EQ(rules.shifts, std::vector{std::chrono::minutes(7 * 60 + 30)});
  EXPECT_EQ(rules.products.at("temporary").pin_length, 8u);
  EXPECT_TRUE(rules.products.contains("second"));
  EXPECT_EQ(rules.production_types.at("standard").queue_minutes, std::chrono::minutes(5));
  EXPECT_TRUE(rules.use_cases.order);
  EXPECT_THAT(reloaded->configuration.roles.at("operator").uids, ElementsAre(1000u));
}

struct Fixed {
  std::string_view from, to, key;
};
const Fixed fixed[] = {
    {"name = \"first floor\"", "name = \"second\"", "[station] name"},
    {"organisation = \"Example\"", "organisation = \"Other\"", "[station] organisation"},
    {"[line]", "socket = \"other\"\n[line]", "[station] socket"},
    {"[line]", "state_directory = \"other\"\n[line]", "[station] state_directory"},
    {"\"letters\"", "\"other\"", "[letters] folder"},
    {"folder = \"letters\"", "folder = \"letters\"\nprinter = \"ipp://letters/print\"", "[letters] printer"},
    {"/bin/true", "/bin/false", "[station] renderer"},
    {"/run/world", "/run/other", "[line] printer"},
    {"Virtual PCD.*", "Other.*", "[line] encoder"},
    {"[authority]", "hand_encoder = \"Desk\"\n[authority]", "[line] hand_encoder"},
    {"ca.pem", "ca.key", "[authority] certificate"},
    {"crl = \"crl.pem\"", "crl = \"other.pem\"", "[authority] crl"},
    {"[vault]", "crl_days = 8\n[vault]", "[authority] crl_days"},
    {"vault.key", "master.key", "[vault] key"},
    {"123456", "654321", "[card] factory_pin"},
    {"[vault]",
     "[bureau]\noutbox = \"o\"\nrecipient = \"ca.pem\"\ncertificate = \"ca.pem\"\nkey = \"ca.key\"\n[vault]",
     "[bureau]"},
    {"\"1.2.3.4\"", "\"1.2.3.5\"", "[certificate_profile.login] policies"},
    {"[product.temporary]", "[certificate_profile.new]\npurpose = \"signature\"\n[product.temporary]",
     "[certificate_profile.new]"},
};

TEST_F(reload, names_what_only_a_start_can_change_and_takes_the_rest) {
  for (const auto& one : fixed) {
    auto text = with(one.from, one.to);
    text.replace(text.find("amount_max = 5"), 14, "amount_max = 7");
    const auto reloaded = to(text);
    ASSERT_TRUE(reloaded) << one.key;
    EXPECT_THAT(
        texts(reloaded->kept),
        ElementsAre(std::string(one.key) + " cannot change while the station runs and stays as it was"));
    EXPECT_EQ(reloaded->configuration.rules().amount_max, 7u) << one.key;
    // What was kept is kept: it is named again until the station is started again.
    auto again = config::reload(reloaded->configuration, load(text).value());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->kept.size(), 1u) << one.key;
    auto back = config::reload(reloaded->configuration, load(good).value());
    ASSERT_TRUE(back);
    EXPECT_THAT(texts(back->kept), IsEmpty()) << one.key;
  }
}

// For the same name, of another key.
constexpr std::string_view other_certificate = R"(-----BEGIN CERTIFICATE-----
MIIBlDCCATmgAwIBAgIUHmBDU/a/kHffrn3+a7O3+NQu4YMwCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTbGV0dGVycy5leGFtcGxlLm9yZzAgFw0yNjExMjEwMDEyMDla
GA8yMTI2MTAyODAwMTIwOVowHjEcMBoGA1UEAwwTbGV0dGVycy5leGFtcGxlLm9y
ZzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDOq/xD+1JZuJ7mWGAi7a/AR1k+D
3nf/KH370Q5rQFq8m7OAXPeUvrJPfmlqYvUaLA4Cdn4/fr020rBVXSL6CvOjUzBR
MB0GA1UdDgQWBBSJxKyUU+21zdU06HKP+ixj5QBNyzAfBgNVHSMEGDAWgBSJxKyU
U+21zdU06HKP+ixj5QBNyzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kA
MEYCIQDV40WN6HBA4whLzCkEBYTHID0/d1ghQg915L0XJOuXtAIhALludGwXwNEJ
XhisfWLvKumGT08KFHXj9Z3oh3tZdnEY
-----END CERTIFICATE-----
)";

TEST_F(reload, names_a_printer_that_has_a_new_certificate) {
  const auto text = with("folder = \"letters\"",
                         "printer = \"ipps://letters/print\"\nprinter_certificate = \"printer.pem\"");
  const auto running = load(text).value();
  write("printer.pem", other_certificate);
  const auto reloaded = config::reload(running, load(text).value());
  ASSERT_TRUE(reloaded);
  EXPECT_THAT(
      texts(reloaded->kept),
      ElementsAre("[letters] printer_certificate cannot change while the station runs and stays as it was"));
  EXPECT_EQ(reloaded->configuration.letters.printer_certificate, running.letters.printer_certificate);
}

struct Unmet {
  std::string_view from, to, text;
};
const Unmet unmet[] = {
    {"algorithm = \"P-384\"", "algorithm = \"P-256\"",
     "[product.temporary] certificates: the running station does not know \"mail\" like this"},
    {"[product.visitor]",
     "[certificate_profile.new]\npurpose = \"signature\"\n[product.x]\ntitle = \"X\"\ncertificates = "
     "[\"new\"]\n"
     "[product.visitor]",
     "[product.x] certificates: the running station does not know \"new\" like this"},
    {"[production_type.standard]",
     "[bureau]\noutbox = \"o\"\nrecipient = \"ca.pem\"\ncertificate = \"ca.pem\"\nkey = \"ca.key\"\n"
     "[production_type.standard]\nproducer = \"bureau\"",
     "[production_type.standard] producer: the running station has no [bureau]"},
    {"[authority]", "hand_encoder = \"Desk\"\n[use_cases]\ninitialize = true\n[authority]",
     "[use_cases] initialize: the running station has no [line] hand_encoder"},
};

TEST_F(reload, takes_nothing_that_needs_what_only_a_start_can_change) {
  for (const auto& one : unmet) {
    const auto reloaded = to(with(one.from, one.to));
    ASSERT_FALSE(reloaded) << one.to;
    EXPECT_THAT(texts(reloaded.error()), ElementsAre(one.text));
  }
}

}  // namespace
