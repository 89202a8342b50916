#include "drivers/piv/apdu.hpp"

#include <fmt/format.h>

#include <bit>

#include "drivers/api/secret.hpp"
#include "drivers/piv/status.hpp"

namespace piv {

namespace {

constexpr std::size_t short_data = 255;     // most data of a short APDU
constexpr std::size_t answer_limit = 8192;  // far above any PIV object; a chip that talks on is broken

api::Bytes header(const Command& command, std::uint8_t chaining, std::size_t room) {
  api::Bytes apdu;
  apdu.reserve(4 + room);  // secrets pass here: growing would leave a copy behind
  apdu.insert(apdu.end(),
              {static_cast<std::uint8_t>(command.cla | chaining), command.ins, command.p1, command.p2});
  return apdu;
}

api::Bytes short_apdu(const Command& command, api::BytesView data, bool last) {
  api::Bytes apdu = header(command, last ? 0x00 : 0x10, data.size() + 2);
  if (!data.empty()) apdu.push_back(static_cast<std::uint8_t>(data.size()));
  apdu.insert(apdu.end(), data.begin(), data.end());
  if (last && command.answer != Answer::none) apdu.push_back(0x00);
  return apdu;
}

api::Bytes extended_apdu(const Command& command) {
  const std::size_t size = command.data.size();
  api::Bytes apdu = header(command, 0x00, size + 5);
  apdu.push_back(0x00);
  if (size != 0) {
    apdu.push_back(static_cast<std::uint8_t>(size >> 8));
    apdu.push_back(static_cast<std::uint8_t>(size));
    apdu.insert(apdu.end(), command.data.begin(), command.data.end());
  }
  if (command.answer != Answer::none) apdu.insert(apdu.end(), {0x00, 0x00});
  return apdu;
}

bool refused_for_length(std::uint16_t status) {
  return status == 0x6700 || status == 0x6883 || status == 0x6884;
}

}  // namespace

api::Failure failure_of(std::uint16_t status, std::string_view what) {
  const StatusRow* row = find_status(status);
  return {
      row ? row->reason : api::Reason::chipRefused, api::Certainty::notDone,
      fmt::format("{}: the chip answered {:04X}{}{}", what, status, row ? ", " : "", row ? row->text : "")};
}

api::Result<Response> Channel::exchange(api::Bytes apdu) {
  api::Result<api::Bytes> answer = chip_.exchange(apdu, deadline_);
  api::wipe(apdu);
  if (!answer) return tl::unexpected(std::move(answer).error());
  if (answer->size() < 2) return api::fail(api::Reason::chipAnswerInvalid, "an answer without a status word");
  const std::size_t end = answer->size() - 2;
  Response response{{}, static_cast<std::uint16_t>((*answer)[end] << 8 | (*answer)[end + 1])};
  answer->resize(end);
  response.data = *std::move(answer);
  return response;
}

api::Result<Response> Channel::transceive(api::Bytes apdu) {
  TRY_ASSIGN(response, exchange(std::move(apdu)));
  while (response.status >> 8 == 0x61) {
    TRY_ASSIGN(more, exchange({0x00, 0xC0, 0x00, 0x00, static_cast<std::uint8_t>(response.status)}));
    // Each round has to bring something, or a chip could keep the line busy for ever.
    const bool stuck = more.status >> 8 == 0x61 && more.data.empty();
    response.data.insert(response.data.end(), more.data.begin(), more.data.end());
    response.status = more.status;
    if (stuck || response.data.size() > answer_limit)
      return api::fail(api::Reason::chipAnswerInvalid, "an answer without end");
  }
  return response;
}

api::Result<Response> Channel::send_chained(const Command& command) {
  api::BytesView rest = command.data;
  while (rest.size() > short_data) {
    TRY_ASSIGN(accepted, transceive(short_apdu(command, rest.first(short_data), false)));
    if (accepted.status != status_ok) return accepted;
    rest = rest.subspan(short_data);
  }
  return transceive(short_apdu(command, rest, true));
}

api::Result<Response> Channel::send(Command command) {
  const auto attempt = [&]() -> api::Result<Response> {
    const bool large = command.data.size() > short_data || command.answer == Answer::many;
    if (!extended_ || !large) return send_chained(command);
    TRY_ASSIGN(response, transceive(extended_apdu(command)));
    if (!refused_for_length(response.status)) return response;
    extended_ = false;
    return send_chained(command);
  };
  api::Result<Response> response = attempt();
  api::wipe(command.data);
  return response;
}

api::Result<api::Bytes> Channel::run(Command command, std::string_view what) {
  TRY_ASSIGN(response, send(std::move(command)));
  if (response.status != status_ok) return tl::unexpected(failure_of(response.status, what));
  return std::move(response.data);
}

bool offers_extended_length(api::BytesView atr) {
  // ISO 7816-3 section 8.2: TS, T0, then groups of interface bytes, each announcing the next.
  if (atr.size() < 2) return false;
  const std::size_t historical = atr[1] & 0x0F;
  std::size_t at = 2;
  for (unsigned announced = atr[1] >> 4; announced != 0;) {
    const std::size_t group = static_cast<std::size_t>(std::popcount(announced));
    const bool next = announced & 0x8;  // the last of the group announces another
    at += group;
    if (at > atr.size()) return false;
    announced = next ? atr[at - 1] >> 4 : 0;
  }
  if (at + historical > atr.size() || historical == 0) return false;
  api::BytesView bytes = atr.subspan(at, historical);
  const std::uint8_t category = bytes[0];
  bytes = bytes.subspan(1);
  if (category == 0x00 && bytes.size() >= 3) bytes = bytes.first(bytes.size() - 3);  // a status ends them
  if (category != 0x00 && category != 0x80) return false;
  while (!bytes.empty()) {
    const std::size_t length = bytes[0] & 0x0F;
    if (length >= bytes.size()) return false;
    if (bytes[0] == 0x73) return bytes[3] & 0x40;
    bytes = bytes.subspan(1 + length);
  }
  return false;
}

}  // namespace piv
