// Everything of the PIV driver that reads what a chip says, fed with answers from nobody knows where.
//
// An input: one byte says which call, the rest are answers, each behind its length in two bytes (big-endian;
// one that is longer than what is left is cut short). The first answer is also the ATR.
#include <cstdint>

#include "drivers/piv/invalidate.hpp"
#include "drivers/piv/keys.hpp"
#include "drivers/piv/management.hpp"
#include "drivers/piv/objects.hpp"
#include "drivers/piv/piv.hpp"
#include "drivers/piv/secrets.hpp"
#include "drivers/piv/tlv.hpp"
#include "tests/fakes/scripted_transport.hpp"

namespace {

std::vector<api::Bytes> answers_in(api::BytesView rest) {
  std::vector<api::Bytes> answers;
  while (rest.size() >= 2) {
    const std::size_t length = std::min<std::size_t>(rest[0] << 8 | rest[1], rest.size() - 2);
    const api::BytesView answer = rest.subspan(2, length);
    answers.emplace_back(answer.begin(), answer.end());
    rest = rest.subspan(2 + length);
  }
  return answers;
}

api::Personalisation some_card() {
  api::Personalisation what;
  what.expiry = std::chrono::year_month_day{std::chrono::year(2027), std::chrono::March, std::chrono::day(9)};
  what.factory_management_key = api::Secret(api::Bytes(24, 0x01));
  what.management_key = api::Secret(api::Bytes(24, 0x02));
  what.factory_pin = api::Secret(api::bytes_of("123456"));
  what.pin = api::Secret(api::bytes_of("739205"));
  what.factory_puk = api::Secret(api::bytes_of("12345678"));
  what.puk = api::Secret(api::bytes_of("40917263"));
  return what;
}

void read_plain(api::BytesView bytes) {
  (void)piv::parse_tlv(bytes);
  (void)piv::guid_of(bytes);
  (void)piv::offers_extended_length(bytes);
  for (const auto& row : api::key_algorithm_rows) (void)piv::key_from_template(row.value, bytes);
}

void read_in_session(std::uint8_t call, piv::Channel& channel) {
  const auto algorithm = static_cast<api::KeyAlgorithm>(call % api::key_algorithm_rows.size());
  const auto purpose = static_cast<api::KeyPurpose>(call / 8 % api::key_purpose_rows.size());
  if (const auto key = piv::generate(channel, {purpose, algorithm})) (void)piv::prove(channel, *key);
  (void)piv::get_object(channel, piv::chuid_tag, "CHUID");
  (void)piv::metadata(channel, piv::management_reference);
  (void)piv::pin_tries(channel);
  (void)piv::authenticate(channel, api::ManagementAlgorithm::aes128, api::Secret(api::Bytes(16, 0x01)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const api::BytesView input(data, size);
  const std::uint8_t call = input[0];
  read_plain(input.subspan(1));
  const std::vector<api::Bytes> answers = answers_in(input.subspan(1));
  const api::Deadline deadline = api::Deadline::max();
  const auto family = piv::make_piv();

  fakes::ScriptedTransport unknown(answers, answers.empty() ? api::Bytes{} : answers.front());
  const auto identity = family->identify(unknown, deadline);

  fakes::ScriptedTransport chip(answers);
  piv::Channel channel(chip, call & 0x80, deadline);
  read_in_session(call, channel);

  fakes::ScriptedTransport spoiled(answers);
  api::ChipIdentity found = identity.value_or(api::ChipIdentity{});
  found.vendor_commands = call & 0x40;
  (void)family->invalidate(spoiled, found, some_card(), deadline);

  fakes::ScriptedTransport interrupted(answers);
  found.guid = some_card().guid;
  found.fresh = false;
  (void)family->personalise(interrupted, found, some_card(), deadline);
  fakes::ScriptedTransport restarted(answers);
  (void)family->reopen(restarted, found, some_card(), deadline);
  return 0;
}
