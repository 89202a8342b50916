#include "daemon/authority/names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/authority/der.hpp"

namespace authority {
namespace {

struct Placeholder {
  std::string_view name;
  std::string (*value)(const Request&);
};
constexpr std::array placeholders{
    Placeholder{"number", [](const Request& request) { return request.number; }},
    Placeholder{"guid", [](const Request& request) { return uuid_text(request.guid); }},
    Placeholder{"name", [](const Request& request) { return request.name; }},
    Placeholder{"upn", [](const Request& request) { return request.upn; }},
    Placeholder{"email", [](const Request& request) { return request.email; }},
};

// Microsoft's user principal name as an otherName (szOID_NT_PRINCIPAL_NAME, [MS-WCCE]).
constexpr const char* user_principal_name = "1.3.6.1.4.1.311.20.2.3";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

tl::expected<std::string, Unfilled> value_of(std::string_view name, const Request& request) {
  const auto found = std::find_if(placeholders.begin(), placeholders.end(),
                                  [name](const Placeholder& one) { return one.name == name; });
  if (found == placeholders.end())
    return tl::unexpected(
        Unfilled{fmt::format("{{{}}} is no placeholder; there are {{number}}, {{guid}}, "
                             "{{name}}, {{upn}} and {{email}}",
                             name)});
  std::string value = found->value(request);
  if (value.empty())
    return tl::unexpected(Unfilled{fmt::format("the request has no value for {{{}}}", name), true});
  if (std::any_of(value.begin(), value.end(), is_control))
    return tl::unexpected(Unfilled{fmt::format("the value of {{{}}} holds a control character", name)});
  return value;
}

// "TYPE=text" in two.
std::pair<std::string, std::string_view> split(std::string_view entry) {
  const auto equals = entry.find('=');
  if (equals == std::string_view::npos) return {std::string(entry), {}};
  return {std::string(entry.substr(0, equals)), entry.substr(equals + 1)};
}

tl::expected<api::Bytes, std::string> general_name(const std::string& type, std::string_view value) {
  if (type == "UPN") {
    const api::Bytes text = der::element(der::utf8_string, {api::bytes_of(value)});
    const api::Bytes wrapped = der::element(der::constructed_context(0), {text});
    return der::element(der::constructed_context(GEN_OTHERNAME),
                        {der::object_identifier(user_principal_name), wrapped});
  }
  if (type != "URI" && type != "email")
    return tl::unexpected(
        fmt::format("{} is no kind of alternative name; there are URI, email and UPN", type));
  if (!is_ascii(value)) return tl::unexpected(fmt::format("{}={} holds more than ASCII", type, value));
  return der::element(der::context(type == "URI" ? GEN_URI : GEN_EMAIL), {api::bytes_of(value)});
}

}  // namespace

tl::expected<std::string, Unfilled> fill(std::string_view text, const Request& request) {
  std::string out;
  for (;;) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return tl::unexpected(Unfilled{"a { is never closed"});
    auto value = value_of(text.substr(open + 1, close - open - 1), request);
    if (!value) return tl::unexpected(std::move(value).error());
    out += *value;
    text.remove_prefix(close + 1);
  }
}

tl::expected<NamePtr, std::string> make_name(const std::vector<std::string>& entries,
                                             const Request& request) {
  if (entries.empty()) return tl::unexpected(std::string("a subject needs an entry, as in CN={number}"));
  NamePtr name(X509_NAME_new());
  for (const auto& entry : entries) {
    const auto [type, text] = split(entry);
    const int nid = OBJ_txt2nid(type.c_str());
    if (nid == NID_undef || text.empty())
      return tl::unexpected(fmt::format("{}: is not TYPE=text with a type like C, O, OU or CN", entry));
    const auto value = fill(text, request);
    if (!value) return tl::unexpected(fmt::format("{}: {}", entry, value.error().text));
    // -1, 0: a relative name of its own, after the ones before
    if (X509_NAME_add_entry_by_NID(name.get(), nid, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(value->data()),
                                   static_cast<int>(value->size()), -1, 0) != 1)
      return tl::unexpected(fmt::format("{}: {} is no {}: {}", entry, *value, type, openssl_error()));
  }
  return name;
}

tl::expected<api::Bytes, std::string> make_alternative_names(const std::vector<std::string>& entries,
                                                             const Request& request) {
  api::Bytes names;
  for (const auto& entry : entries) {
    const auto [type, text] = split(entry);
    const auto value = fill(text, request);
    if (!value && value.error().missing) continue;
    if (!value) return tl::unexpected(fmt::format("{}: {}", entry, value.error().text));
    if (value->empty()) return tl::unexpected(fmt::format("{}: is not TYPE=text", entry));
    const auto name = general_name(type, *value);
    if (!name) return tl::unexpected(name.error());
    names.insert(names.end(), name->begin(), name->end());
  }
  if (names.empty()) return names;
  return der::element(der::sequence, {names});
}

Request sample_request() {
  Request request;
  request.number = "1";
  request.name = "Sample";
  request.upn = "sample@example.org";
  request.email = "sample@example.org";
  return request;
}

std::string uuid_text(const api::Uuid& uuid) {
  std::string text = api::to_hex(uuid);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
}

}  // namespace authority
