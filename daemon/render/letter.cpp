#include "daemon/render/letter.hpp"

#include "daemon/render/process.hpp"

namespace render {

api::Result<api::Secret> draw_letter(const Program& program, const Letter& letter, api::Deadline deadline) {
  TRY_ASSIGN(line, letter_line(letter.layout, letter.fields, letter.pin.size(), letter.puk.size()));
  TRY_ASSIGN(process, Process::start(program, deadline));
  TRY(process.send(api::bytes_of(line), deadline));
  TRY(process.send(letter.pin.reveal(), deadline));
  TRY(process.send(letter.puk.reveal(), deadline));
  TRY_ASSIGN(header, process.receive_line(deadline));
  TRY_ASSIGN(size, parse_letter_header(header));
  api::Bytes pdf(size);  // never grows: a reallocation would leave a letter behind
  const auto received = process.receive(pdf, deadline);
  auto secret = api::Secret::take(std::move(pdf));  // also wipes what came of a letter that broke off
  TRY(received);
  return secret;
}

}  // namespace render
