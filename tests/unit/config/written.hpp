#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "daemon/config/config.hpp"
#include "tests/fakes/temporary_folder.hpp"

// A station that encodes, prints and issues. Tests change one thing of it.
inline constexpr std::string_view good = R"([station]
name = "first floor"
organisation = "Example"
default_product = "temporary"
amount_max = 5
renderer = "/bin/true"

[line]
printer = "simulated:/run/world"
encoder = "Virtual PCD.*"

[authority]
certificate = "ca.pem"
key = "ca.key"
crl = "crl.pem"
crl_url = "http://pki.example.org/crl"

[vault]
key = "vault.key"

[letters]
layout = "front.svg"
folder = "letters"

[card]
factory_pin = "123456"
factory_management_key = "default"
master_key = "master.key"

[certificate_profile.login]
purpose = "authentication"
policies = ["1.2.3.4"]

[certificate_profile.mail]
purpose = "keyManagement"
algorithm = "P-384"

[product.temporary]
title = "Temporary card"
pin_length = 7
certificates = ["mail", "login"]
layout_front = "front.svg"
operator_may_change = ["pinLength"]

[product.visitor]
title = "Visitor card"
encode = false
layout_front = "front.svg"

[production_type.standard]
product = "temporary"
queue = true
)";

// Of a printer of letters.
inline constexpr std::string_view certificate = R"(-----BEGIN CERTIFICATE-----
MIIBkjCCATmgAwIBAgIUCLojZuPuyWjwe6oA5E93WxvzmdEwCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTbGV0dGVycy5leGFtcGxlLm9yZzAgFw0yNjExMjEwMDEwNDJa
GA8yMTI2MTAyODAwMTA0MlowHjEcMBoGA1UEAwwTbGV0dGVycy5leGFtcGxlLm9y
ZzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLRQCbg2zSy58dj76XDQfW/TenNd
dpUBOS2L2D4Lo5pFHOLVjk/ZTwbjgBk+Yn8AWVqJBUuSvWmgV5v/pgvc7OijUzBR
MB0GA1UdDgQWBBQCG+btCW6IqZycpg2nsqkekB6fXDAfBgNVHSMEGDAWgBQCG+bt
CW6IqZycpg2nsqkekB6fXDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cA
MEQCIDv6Z5z0mTnNOSrn/qBpfFpewTpouv7W7kVYlJXEpqUXAiAXGmvpIEW/8j3c
jUXVJSzIME6/OH+NWkuj46A9rKIjcA==
-----END CERTIFICATE-----
)";

// A folder with a station.toml and what it names, gone at the end.
struct configuration : testing::Test {
  configuration() {
    for (const auto* file : {"front.svg", "ca.pem", "ca.key", "vault.key", "master.key"}) write(file, "x");
    write("printer.pem", certificate);
  }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(directory / name) << text;
    set_mode(name, 0600);
  }
  void set_mode(const std::string& name, mode_t mode) const {
    ASSERT_EQ(::chmod((directory / name).c_str(), mode), 0);
  }

  auto load(std::string_view text) const {
    write("station.toml", text);
    return config::load(directory / "station.toml");
  }

  // The good configuration with `from` replaced.
  std::string with(std::string_view from, std::string_view to) const {
    std::string text(good);
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  // FILE:LINE: of the first line that has this.
  std::string place(const std::string& text, std::string_view on) const {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find(on)), '\n');
    return (directory / "station.toml").string() + ":" + std::to_string(line) + ": ";
  }

  fakes::TemporaryFolder folder;
  const std::filesystem::path directory = folder.path();
};
