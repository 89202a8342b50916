#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tools/simulator/card/slots.hpp"
#include "tools/simulator/card/virtual_card_state.hpp"

namespace simulator {

namespace {

namespace json = boost::json;

constexpr std::string_view format_name = "cardwright-vcard-1";

// The readers below throw; VirtualCard::from_json turns that into its error.
template <class E>
E named(const json::value& value) {
  const auto found = api::from_name<E>(value.as_string());
  if (!found) throw std::runtime_error("unknown name \"" + std::string(value.as_string()) + "\"");
  return *found;
}

api::Bytes hex_bytes(const json::value& value) {
  auto bytes = api::from_hex(std::string_view(value.as_string()));
  if (!bytes) throw std::runtime_error("not hexadecimal: \"" + std::string(value.as_string()) + "\"");
  return *std::move(bytes);
}

std::uint32_t hex_number(std::string_view text) {
  const auto bytes = api::from_hex(text);
  if (!bytes || bytes->empty() || bytes->size() > 3)
    throw std::runtime_error("not a tag: " + std::string(text));
  std::uint32_t number = 0;
  for (const std::uint8_t byte : *bytes) number = number << 8 | byte;
  return number;
}

std::string number_hex(std::uint32_t number) {
  api::Bytes bytes;
  for (int shift = 16; shift >= 0; shift -= 8)
    if (shift == 0 || number >> shift) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  return api::to_hex(bytes);
}

json::array faults_to_json(const std::vector<CardFault>& faults) {
  json::array out;
  for (const CardFault& fault : faults)
    out.push_back({{"at", fault.at},
                   {"kind", api::name_of(fault.kind)},
                   {"statusWord", fault.status_word},
                   {"carriedOut", fault.carried_out}});
  return out;
}

json::object options_to_json(const CardOptions& options) {
  return {{"serial", options.serial},
          {"extendedLength", options.extended_length},
          {"vendorCommands", options.vendor_commands},
          {"metadata", options.metadata},
          {"cplc", options.cplc},
          {"managementAlgorithm", api::name_of(options.management_algorithm)},
          {"managementKey", api::to_hex(options.management_key)},
          {"pin", options.pin},
          {"puk", options.puk},
          {"pinTries", options.pin_tries},
          {"pukTries", options.puk_tries},
          {"delayMicroseconds", options.delay_per_command.count()},
          {"faults", faults_to_json(options.faults)}};
}

CardOptions options_from_json(const json::value& in) {
  CardOptions options;
  options.serial = in.at("serial").to_number<std::uint32_t>();
  options.extended_length = in.at("extendedLength").as_bool();
  options.vendor_commands = in.at("vendorCommands").as_bool();
  options.metadata = in.at("metadata").as_bool();
  options.cplc = in.at("cplc").as_bool();
  options.management_algorithm = named<api::ManagementAlgorithm>(in.at("managementAlgorithm"));
  options.management_key = hex_bytes(in.at("managementKey"));
  options.pin = std::string(in.at("pin").as_string());
  options.puk = std::string(in.at("puk").as_string());
  options.pin_tries = in.at("pinTries").to_number<unsigned>();
  options.puk_tries = in.at("pukTries").to_number<unsigned>();
  options.delay_per_command = std::chrono::microseconds(in.at("delayMicroseconds").to_number<std::int64_t>());
  for (const json::value& fault : in.at("faults").as_array())
    options.faults.push_back(
        {fault.at("at").to_number<std::uint64_t>(), named<CardFaultKind>(fault.at("kind")),
         fault.at("statusWord").to_number<std::uint16_t>(), fault.at("carriedOut").as_bool()});
  return options;
}

json::object reference_to_json(const ReferenceData& reference) {
  return {{"value", reference.value}, {"left", reference.left}};
}

ReferenceData reference_from_json(const json::value& in, unsigned limit) {
  const ReferenceData reference{std::string(in.at("value").as_string()), in.at("left").to_number<unsigned>()};
  if (reference.value.size() < 6 || reference.value.size() > 8 || reference.left > limit)
    throw std::runtime_error("a PIN or PUK that cannot be");
  return reference;
}

std::pair<std::uint8_t, SlotKey> key_from_json(std::string_view slot, const json::value& in) {
  const std::uint32_t reference = hex_number(slot);
  const auto algorithm = named<api::KeyAlgorithm>(in.at("algorithm"));
  if (reference > 0xFF || !find_slot(static_cast<std::uint8_t>(reference)))
    throw std::runtime_error("unknown key reference " + std::string(slot));
  CardKey key = key_from_pem(algorithm, std::string_view(in.at("pem").as_string()));
  if (!key) throw std::runtime_error("the private key of " + std::string(slot) + " is none");
  return {static_cast<std::uint8_t>(reference), SlotKey{algorithm, std::move(key)}};
}

Chip chip_from_json(const json::value& in) {
  if (in.at("format").as_string() != format_name)
    throw std::runtime_error("not a " + std::string(format_name));
  CardOptions options = options_from_json(in.at("options"));
  if (const auto defect = defect_of(options)) throw std::runtime_error(*defect);
  Chip chip = make_chip(std::move(options));
  chip.commands = in.at("commands").to_number<std::uint64_t>();
  chip.dead = in.at("dead").as_bool();
  chip.pin = reference_from_json(in.at("pin"), chip.options.pin_tries);
  chip.puk = reference_from_json(in.at("puk"), chip.options.puk_tries);
  chip.management_algorithm = named<api::ManagementAlgorithm>(in.at("management").at("algorithm"));
  chip.management_key = hex_bytes(in.at("management").at("key"));
  if (chip.management_key.size() != key_bytes(chip.management_algorithm))
    throw std::runtime_error("the management key has not the length of its algorithm");
  for (const auto& key : in.at("keys").as_object()) chip.keys.insert(key_from_json(key.key(), key.value()));
  for (const auto& object : in.at("objects").as_object())
    chip.objects[hex_number(object.key())] = hex_bytes(object.value());
  return chip;
}

std::string reason_of(const std::filesystem::path& file, const char* what) {
  return file.string() + ": cannot " + what + ": " + std::generic_category().message(errno);
}

// Everything written and on the disk, or not done.
bool write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

}  // namespace

std::string VirtualCard::to_json() const {
  const Chip& chip = state_->chip;
  json::object keys, objects;
  for (const auto& [reference, key] : chip.keys)
    keys[number_hex(reference)] = {{"algorithm", api::name_of(key.algorithm)}, {"pem", key_to_pem(*key.key)}};
  for (const auto& [tag, object] : chip.objects) objects[number_hex(tag)] = api::to_hex(object);
  return json::serialize(json::object{
      {"format", format_name},
      {"options", options_to_json(chip.options)},
      {"commands", chip.commands},
      {"dead", chip.dead},
      {"pin", reference_to_json(chip.pin)},
      {"puk", reference_to_json(chip.puk)},
      {"management",
       {{"algorithm", api::name_of(chip.management_algorithm)}, {"key", api::to_hex(chip.management_key)}}},
      {"keys", std::move(keys)},
      {"objects", std::move(objects)}});
}

tl::expected<VirtualCard, std::string> VirtualCard::from_json(std::string_view text) {
  try {
    VirtualCard card(CardOptions{});
    *card.state_ = State{chip_from_json(json::parse(text)), {}, {}, {}};
    return card;
  } catch (const std::exception& error) {
    return tl::unexpected(std::string("not a virtual card: ") + error.what());
  }
}

tl::expected<void, std::string> VirtualCard::save(const std::filesystem::path& file) const {
  std::filesystem::path beside = file;
  beside += ".new";
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return tl::unexpected(reason_of(beside, "create"));
  const bool written = write_whole(descriptor, to_json() + "\n");
  if (::close(descriptor) != 0 || !written) return tl::unexpected(reason_of(beside, "write"));
  if (::rename(beside.c_str(), file.c_str()) != 0) return tl::unexpected(reason_of(file, "replace"));
  return {};
}

tl::expected<VirtualCard, std::string> VirtualCard::load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return tl::unexpected(reason_of(file, "open"));
  std::ostringstream text;
  text << stream.rdbuf();
  auto card = from_json(text.str());
  if (!card) return tl::unexpected(file.string() + ": " + card.error());
  return card;
}

}  // namespace simulator
