#include "daemon/config/kinds.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <regex>

#include "daemon/core/stripe.hpp"
#include "drivers/api/durable_file.hpp"

namespace config {
namespace {

const core::FamilyLimits families[] = {core::FamilyLimits{}};  // PIV

// Options that a request may override, by their names in the interface.
constexpr std::array<std::string_view, 4> option_names{"pinLength", "pukLength", "encode", "certificates"};

std::vector<std::string_view> family_names() {
  std::vector<std::string_view> names;
  for (const auto& family : families) names.push_back(family.family);
  return names;
}

bool all_digits(api::BytesView bytes) {
  return !bytes.empty() && std::ranges::all_of(bytes, [](auto c) { return c >= '0' && c <= '9'; });
}

// The content of a secret's file without the line end, or nothing and reported.
std::optional<api::Secret> read_secret(const At& at, const std::filesystem::path& path,
                                       const std::string& form) {
  const auto content = api::read_secret_file(path);
  if (!content) {
    at.refuse("names the file " + content.error(), form);
    return std::nullopt;
  }
  auto bytes = content->reveal();
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r'))
    bytes = bytes.first(bytes.size() - 1);
  return api::Secret(bytes);
}

}  // namespace

const core::FamilyLimits* find_family(std::string_view name) {
  const auto* found = std::ranges::find(families, name, &core::FamilyLimits::family);
  return found == std::end(families) ? nullptr : found;
}

void Text::read(const At& at, std::string& out) {
  if (const auto* text = at.text(form())) out = *text;
}

void Prefix::read(const At& at, std::string& out) {
  const auto* text = at.text(form());
  if (!text) return;
  if (!std::regex_match(*text, std::regex("[A-Z0-9]{1,4}")))
    return at.refuse(in_quotes(*text) + " cannot begin a card number", form());
  out = *text;
}

void Pattern::read(const At& at, std::string& out) {
  const auto* text = at.text(form());
  if (!text) return;
  try {
    const std::regex tried(*text);
    out = *text;
  } catch (const std::regex_error&) {
    at.refuse(in_quotes(*text) + " is no regular expression",
              form() + R"(; a \ before ( ) [ ] { } * + ? . means the character itself)");
  }
}

void Url::read(const At& at, std::string& out) {
  const auto* text = at.text(form());
  if (!text) return;
  if (!std::regex_match(*text, std::regex("(http|https|ldap)://[!-~]+")))
    return at.refuse(in_quotes(*text) + " is no address", form());
  out = *text;
}

void PrinterUrl::read(const At& at, std::string& out) {
  const auto* text = at.text(form());
  if (!text) return;
  if (!std::regex_match(*text, std::regex(R"(ipps?://[A-Za-z0-9._:[\]-]+(/[!-~]*)?)")))
    return at.refuse(in_quotes(*text) + " is no printer's address", form());
  out = *text;
}

void Certificate::read(const At& at, api::Bytes& out) {
  const auto* text = at.text(form());
  if (!text) return;
  const auto path = at.reader.absolute(*text);
  const auto refuse = [&](std::string_view what) {
    at.reader.report(at.line(), fmt::format("{}: {} {}", at.key, what, path.string()), std::string(advice));
  };
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return refuse("there is no file");
  const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_file(path.c_str(), "r"), BIO_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
  ERR_clear_error();
  if (!certificate) return refuse("there is no certificate (PEM) in");
  out.resize(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
  auto* end = out.data();
  i2d_X509(certificate.get(), &end);
}

void Tracks::read(const At& at, std::array<std::string, 3>& out) {
  const auto* list = at.list(form());
  if (!list) return;
  if (list->size() > out.size()) return at.refuse("a stripe has three tracks", form());
  for (std::size_t i = 0; i < list->size(); ++i) {
    const At item{at.reader, at.key, *list->get(i)};
    const auto* track = item.node.as_string();
    if (!track) return item.refuse("has a track that is no text", form());
    const auto problem = core::problem_of_template(static_cast<unsigned>(i + 1), track->get());
    if (problem) return item.refuse("can never be written: " + *problem, form());
    out[i] = track->get();
  }
}

void Path::read(const At& at, std::filesystem::path& out) {
  if (const auto* text = at.text(form())) out = at.reader.absolute(*text);
}

void Layout::read(const At& at, std::string& out) {
  const auto* text = at.text(form());
  if (!text) return;
  out = at.reader.absolute(*text).string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(out, error))
    at.reader.report(at.line(), std::string(at.key) + ": there is no file " + out,
                     "write the path of an SVG layout, absolute or from the folder of this file");
}

void DriverAndAddress::read(const At& at, Device& out) {
  const auto* text = at.text(form());
  if (!text) return;
  const auto colon = text->find(':');
  if (colon == 0 || colon == std::string::npos || colon + 1 == text->size())
    return at.refuse(in_quotes(*text) + " does not name a driver and an address", form());
  const auto driver = text->substr(0, colon);
  if (std::ranges::find(printer_drivers, driver) == printer_drivers.end())
    return at.reader.report(at.line(), "there is no printer driver " + in_quotes(driver),
                            instead_of(driver, printer_drivers));
  out = {driver, text->substr(colon + 1)};
}

void Flag::read(const At& at, bool& out) {
  if (const auto value = at.node.value_exact<bool>())
    out = *value;
  else
    at.refuse("is neither true nor false", form());
}

void read_whole(const At& at, unsigned min, unsigned max, const std::string& form, unsigned& out) {
  const auto value = at.node.value_exact<std::int64_t>();
  if (!value) return at.refuse("is no whole number", form);
  if (*value < min || *value > max)
    return at.refuse("= " + std::to_string(*value) + " is out of range", form);
  out = static_cast<unsigned>(*value);
}

std::string one_of(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text.append(i == 0 ? "" : i + 1 == names.size() ? " or " : ", ").append(in_quotes(names[i]));
  return text;
}

const std::string* read_name(const At& at, std::span<const std::string_view> names) {
  const auto* text = at.text(one_of(names));
  if (!text || std::ranges::find(names, *text) != names.end()) return text;
  at.refuse(in_quotes(*text) + " is not known", one_of(names));
  return nullptr;
}

std::string Family::form() {
  return one_of(family_names());
}

void Family::read(const At& at, std::string& out) {
  if (const auto* text = read_name(at, family_names())) out = *text;
}

void OwnOrSupplied::read(const At& at, bool& own) {
  constexpr std::array<std::string_view, 2> names{"own", "supplied"};
  if (const auto* text = read_name(at, names)) own = *text == "own";
}

void Queue::read(const At& at, std::optional<bool>& out) {
  const auto* text = at.node.as_string();
  if (const auto value = at.node.value_exact<bool>())
    out = *value;
  else if (text && text->get() == "operator")
    out.reset();
  else
    at.refuse("is none of its values", form());
}

void read_texts(const At& at, const char* regex, const std::string& form, std::vector<std::string>& out) {
  const auto* list = at.list(form);
  if (!list) return;
  out.clear();
  const std::regex allowed(regex);
  for (const auto& node : *list) {
    const At item{at.reader, at.key, node};
    const auto* text = item.text(form);
    if (!text) continue;
    if (!std::regex_match(*text, allowed))
      item.refuse(in_quotes(*text) + " is not of its form", form);
    else if (std::ranges::find(out, *text) != out.end())
      item.reader.report(item.line(), std::string(at.key) + " names " + in_quotes(*text) + " twice",
                         "write it once");
    else
      out.push_back(*text);
  }
}

std::string TimesOfDay::show(const std::vector<std::chrono::minutes>& times) {
  std::string text;
  for (const auto time : times)
    text += fmt::format("{}\"{:02}:{:02}\"", text.empty() ? "" : ", ", time.count() / 60, time.count() % 60);
  return "[" + text + "]";
}

void TimesOfDay::read(const At& at, std::vector<std::chrono::minutes>& out) {
  const auto* list = at.list(form());
  if (!list) return;
  static const std::regex time_of_day("([01][0-9]|2[0-3]):([0-5][0-9])");
  std::vector<std::chrono::minutes> times;
  for (const auto& node : *list) {
    const At item{at.reader, at.key, node};
    const auto* text = item.text(form());
    if (!text) return;
    std::smatch parts;
    if (!std::regex_match(*text, parts, time_of_day))
      return item.refuse(in_quotes(*text) + " is no time of day", form());
    const std::chrono::minutes time(std::stoi(parts[1]) * 60 + std::stoi(parts[2]));
    if (!times.empty() && time <= times.back())
      return item.refuse(in_quotes(*text) + " does not come after the time before it", form());
    times.push_back(time);
  }
  if (times.empty()) return at.refuse("has no time of day", form());
  out = std::move(times);
}

std::string OptionNames::form() {
  return "a list of " + one_of(option_names);
}

void OptionNames::read(const At& at, std::set<std::string>& out) {
  const auto* list = at.list(form());
  if (!list) return;
  for (const auto& node : *list) {
    const At item{at.reader, at.key, node};
    if (const auto* text = read_name(item, option_names)) out.insert(*text);
  }
}

void Ids::read(const At& at, std::vector<std::uint32_t>& out) {
  const auto* list = at.list(form());
  if (!list) return;
  for (const auto& node : *list) {
    const At item{at.reader, at.key, node};
    const auto value = node.value_exact<std::int64_t>();
    // The last one means "unchanged" to the kernel (chown(2)): nobody has it.
    if (value && *value >= 0 && *value < std::numeric_limits<std::uint32_t>::max())
      out.push_back(static_cast<std::uint32_t>(*value));
    else
      item.refuse("has something that is no numeric id", form());
  }
}

void Digits::read(const At& at, api::Secret& out) {
  const auto* text = at.text(form());
  if (!text) return;
  if (text->front() != '@') {
    if (!all_digits(api::bytes_of(*text))) return at.refuse("has other characters than digits", form());
    out = api::Secret(api::bytes_of(*text));
    return;
  }
  const auto path = at.reader.absolute(text->substr(1));
  auto secret = read_secret(at, path, form());
  if (!secret) return;
  if (!all_digits(secret->reveal()))
    return at.refuse("names the file " + path.string() + ", which has other characters than digits", form());
  out = *std::move(secret);
}

void FactoryKey::read(const At& at, api::Secret& out) {
  const auto* text = at.text(form());
  if (!text || *text == "default") return;  // `out` is the default
  const auto path = at.reader.absolute(*text);
  const auto content = read_secret(at, path, form());
  if (!content) return;
  auto hex = api::text_of(content->reveal());
  auto key = api::from_hex(hex);
  api::wipe(hex);
  if (!key)
    return at.refuse(
        "names the file " + path.string() + ", which has other characters than hexadecimal digits", form());
  out = api::Secret::take(std::move(*key));
}

}  // namespace config
