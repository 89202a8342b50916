// What is true of single cards: their bodies, chips and certificates.
#include <fmt/format.h>
#include <openssl/pem.h>

#include "drivers/piv/objects.hpp"
#include "tests/fakes/in_process_transport.hpp"
#include "tests/simulation/texts.hpp"
#include "tests/simulation/truth.hpp"

namespace simulation {
namespace {

// VERIFY of the PIV application PIN (SP 800-73-4 part 2, section 3.2.1).
bool opens(piv::Channel& channel, const std::string& pin) {
  api::Bytes padded(8, 0xFF);
  if (pin.empty() || pin.size() > padded.size()) return false;
  std::ranges::copy(pin, padded.begin());
  const auto response = channel.send({.ins = 0x20, .p2 = 0x80, .data = padded});
  return response && response->status == piv::status_ok;
}

bool on_list(X509_CRL* list, const api::Bytes& serial) {
  const authority::IntegerPtr number(ASN1_INTEGER_new());
  ASN1_STRING_set(number.get(), serial.data(), static_cast<int>(serial.size()));
  X509_REVOKED* entry = nullptr;
  return X509_CRL_get0_by_serial(list, &entry, number.get()) == 1;
}

}  // namespace

namespace {

// A chip that dies by itself when a person puts the finished card in is nobody's fault, and nothing is
// changed for it.
bool died_in_the_encoder(store::Store& store, const core::Card& card) {
  return std::ranges::any_of(store.attempts(card.id), [](const core::Attempt& attempt) {
    return core::is_by_hand(attempt.kind) && attempt.phase == core::Phase::voided &&
           (attempt.reason == api::Reason::chipLost || attempt.reason == api::Reason::chipMute);
  });
}

}  // namespace

void Truth::check_chip(store::Store& store, const core::Card& card, simulator::VirtualCard& chip,
                       Violations& wrong) const {
  const auto says = [&](Wrong what, std::string_view text) {
    wrong.push_back({what, fmt::format("{}: {}", card.id.text(), text)});
  };
  if (chip.dead() && died_in_the_encoder(store, card)) return;
  chip.set_faults({});  // those that have not struck by now
  fakes::InProcessTransport transport(chip);
  const auto identity = site_.family->identify(transport, api::Deadline::max());
  if (!identity || identity->guid != card.guid) return says(Wrong::cardWrong, "its chip is another one");
  piv::Channel channel(transport, identity->extended_length, api::Deadline::max());
  // An attempt that was taken up again after its keys were made has revoked ones besides.
  std::size_t released = 0;
  for (const auto& certificate : store.certificates(*card.attempt)) {
    if (certificate.state != core::CertificateState::released) continue;
    ++released;
    const auto tag = piv::slot_of(certificate.purpose).certificate_tag;
    const auto object = piv::get_object(channel, tag, "a certificate");
    if (!object || *object != piv::certificate_object(certificate.der).value())
      says(Wrong::cardWrong, "a certificate on its chip is not the one that was issued");
  }
  if (released != product_.certificates.size())
    says(Wrong::cardWrong, fmt::format("{} of its certificates are released", released));
  const auto letters = store.letters_of(card.id);
  const auto letter = letters.empty() ? std::string() : text_of(letters.back());
  if (!opens(channel, pin_on(letter)))
    says(Wrong::letterWrong, "the PIN on its letter does not open the chip");
  if (letters.empty() || letters.back().state != core::LetterState::delivered ||
      control_on(letter) != letters.back().control)
    says(Wrong::letterWrong, "the journal has another letter of it than the one that is out");
}

// The last commands that a chip gets are those after its GUID was read in the inspection (identify.cpp): who
// swaps it then is not seen by anybody.
bool Truth::swapped_too_late(const simulator::Body& body) const {
  constexpr std::uint64_t after_guid = 3;
  return std::ranges::any_of(faults_, [&](const simulator::Fault& fault) {
    return fault.kind == simulator::FaultKind::swap && fault.card == body.number && body.chip &&
           fault.apdu + after_guid > body.chip->commands_seen();
  });
}

std::vector<const simulator::Body*> Truth::bodies_of(store::Store& store, core::CardId card) const {
  std::vector<const simulator::Body*> bodies;
  for (const auto& attempt : store.attempts(card))
    std::ranges::copy(in_output(core::uuid_text(attempt.id)), std::back_inserter(bodies));
  return bodies;
}

simulator::VirtualCard& Truth::body_of_bureau(const std::string& serial, std::uint64_t dies_at) {
  const auto found = of_bureau_.find(serial);
  if (found != of_bureau_.end()) return found->second;
  auto options = site_.blank();
  options.serial = static_cast<std::uint32_t>(std::stoul(serial));
  if (dies_at > 0) options.faults.push_back({dies_at, simulator::CardFaultKind::die});
  return of_bureau_.emplace(serial, simulator::VirtualCard(options)).first->second;
}

simulator::VirtualCard* Truth::chip_of(store::Store& store, const core::Card& card) {
  if (!card.chip_serial.empty()) return &body_of_bureau(card.chip_serial);
  const auto bodies = bodies_of(store, card.id);
  return bodies.empty() ? nullptr : bodies.front()->chip.get();
}

namespace {

using core::CardState;

// How a card may be when all is done. One of the bureau may still be without keys.
bool is_settled(const core::Card& card) {
  return core::is_confirmed(card.state) || card.state == CardState::aborted ||
         (card.state == CardState::produced && !card.chip_serial.empty());
}

// Its body came from the line, and nobody destroyed it since.
bool has_body(const core::Card& card) {
  const bool condemned = card.state == CardState::locked && card.reason;
  return card.state != CardState::aborted && card.chip_serial.empty() && !condemned;
}

// Somebody may use its chip, or get it.
bool is_in_use(const core::Card& card) {
  return (card.state == CardState::unassigned || card.state == CardState::assigned) && !card.encoding_due;
}

}  // namespace

void Truth::check_card(store::Store& store, const core::Card& card, Violations& wrong) {
  const auto bodies = bodies_of(store, card.id);
  const bool right = bodies.size() == (has_body(card) ? 1U : 0U) &&
                     std::ranges::all_of(bodies, [&](const auto* body) { return complete(*body); });
  if (!is_settled(card) || !right) {
    wrong.push_back({Wrong::cardWrong, fmt::format("{} is {}, and has {} bodies", card.id.text(),
                                                   api::name_of(card.state), bodies.size())});
    return;
  }
  for (const auto* body : bodies)
    if (!striped(*body, card))
      wrong.push_back({Wrong::cardWrong, fmt::format("{}: its stripe has '{}', '{}', '{}'", card.id.text(),
                                                     body->tracks[0], body->tracks[1], body->tracks[2])});
  if (!product_.encode || !is_in_use(card)) return;
  if (!bodies.empty() && swapped_too_late(*bodies.front())) return;
  if (auto* chip = chip_of(store, card))
    check_chip(store, card, *chip, wrong);
  else
    wrong.push_back({Wrong::cardWrong, fmt::format("{}: nobody ever spoke with its chip", card.id.text())});
}

Truth::List Truth::list_that_is_out() const {
  const auto pem = content_of(site_.crl());
  const authority::BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return List(PEM_read_bio_X509_CRL(memory.get(), nullptr, nullptr, nullptr));
}

void Truth::check_listed(store::Store& store, const std::string& attempt, std::string_view when,
                         Violations& wrong) const {
  if (product_.certificates.empty()) return;
  const auto list = list_that_is_out();
  for (const auto& certificate : store.certificates(*core::parse_uuid(attempt)))
    if (!list || !on_list(list.get(), certificate.serial))
      wrong.push_back({Wrong::notRevoked, fmt::format("a certificate of attempt {} is not on it, and {}",
                                                      attempt.substr(0, 8), when)});
}

void Truth::check_completed(store::Store& store, core::BatchId batch, Violations& wrong) const {
  const auto cards = store.batch(batch)->cards;
  for (const auto& [id, known] : attempts_)
    if (known.phase != core::Phase::done && std::ranges::find(cards, known.card) != cards.end())
      check_listed(store, id, "its batch is completed", wrong);
}

void Truth::check_left(store::Store& store, const core::AttemptId& attempt, Violations& wrong) const {
  check_listed(store, core::uuid_text(attempt), "its card has left the machine", wrong);
}

// What was released, and not withdrawn since, is not on the list any more; everything else is.
void Truth::check_list(store::Store& store, Violations& wrong) const {
  if (product_.certificates.empty()) return;
  const auto list = list_that_is_out();
  for (const auto& id : withdrawn_)
    check_listed(store, id, "its card was withdrawn, expired or locked", wrong);
  for (const auto& [id, known] : attempts_) {
    if (known.phase != core::Phase::done) {
      check_listed(store, id, "all is done", wrong);
      continue;
    }
    for (const auto& certificate : store.certificates(*core::parse_uuid(id))) {
      const bool released = certificate.state == core::CertificateState::released;
      if (list && released != on_list(list.get(), certificate.serial)) continue;
      wrong.push_back({Wrong::notRevoked, fmt::format("{}: a certificate of the good card is {}",
                                                      known.card.text(), api::name_of(certificate.state))});
    }
  }
}

}  // namespace simulation
