#include "tools/ctl/parameters.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "tools/ctl/explain.hpp"
#include "tools/ctl/pictures.hpp"

namespace ctl {

namespace json = boost::json;

json::object begin(const Arguments& arguments) {
  json::object parameters;
  if (!arguments.idempotency_key.empty()) parameters["idempotencyKey"] = arguments.idempotency_key;
  return parameters;
}

json::array strings(const std::vector<std::string>& texts) {
  json::array result;
  for (const auto& one : texts) result.emplace_back(one);
  return result;
}

void add_options(json::object& parameters, const Arguments& arguments) {
  json::object options;
  if (arguments.pin_length) options["pinLength"] = *arguments.pin_length;
  if (arguments.puk_length) options["pukLength"] = *arguments.puk_length;
  if (arguments.encode) options["encode"] = *arguments.encode;
  if (!arguments.certificates.empty()) options["certificates"] = strings(arguments.certificates);
  if (!options.empty()) parameters["options"] = std::move(options);
}

std::optional<Exit> add_wishes(json::object& parameters, const Session& session) {
  const auto& arguments = session.arguments;
  parameters["amount"] = arguments.amount;
  if (!arguments.note.empty()) parameters["note"] = arguments.note;
  add_options(parameters, arguments);
  json::object fields;
  for (const auto& field : arguments.fields) {
    const auto equals = field.find('=');
    fields[field.substr(0, equals)] = field.substr(equals + 1);
  }
  if (arguments.photo) {
    const auto photo = store_photo(session, *arguments.photo);
    if (!photo) return photo.error();
    fields["photo"] = *photo;
  }
  if (!fields.empty()) parameters["fields"] = std::move(fields);
  return std::nullopt;
}

std::vector<std::string> list(const json::object& reply, std::string_view member) {
  std::vector<std::string> result;
  const auto* value = reply.if_contains(member);
  if (!value || !value->is_array()) return result;
  for (const auto& element : value->get_array())
    if (element.is_string()) result.push_back(printable(element.get_string()));
  return result;
}

bool is_true(const json::object& reply, std::string_view member) {
  return text(reply, member) == "true";
}

tl::expected<std::string, std::string> read_file(const Terminal& terminal, const std::string& path,
                                                 std::size_t bytes_max) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  if (path != "-" && !file) return tl::unexpected(path + ": " + std::generic_category().message(errno));
  auto& from = path == "-" ? terminal.in : file;
  std::string content(bytes_max + 1, '\0');
  from.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (from.bad() || (!from.eof() && from.fail())) return tl::unexpected(path + " cannot be read");
  content.resize(static_cast<std::size_t>(from.gcount()));
  if (content.size() > bytes_max)
    return tl::unexpected(path + " is larger than the station takes: " + std::to_string(bytes_max) +
                          " bytes at most");
  return content;
}

namespace {
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string base64(std::string_view bytes) {
  std::string result;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    const auto byte = [&](std::size_t i) {
      return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
    };
    const auto group = byte(0) << 16U | byte(1) << 8U | byte(2);
    for (std::size_t i = 0; i < 4; ++i)
      result += i <= bytes.size() ? alphabet[group >> (18 - 6 * i) & 0x3FU] : '=';
  }
  return result;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  unsigned group = 0, bits = 0;
  for (const char one : text) {
    const auto value = alphabet.find(one);
    if (value == alphabet.npos) return std::nullopt;
    group = group << 6U | static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xFFU);
  }
  return bytes;
}

}  // namespace ctl
