#include "daemon/service/custody.hpp"

#include "daemon/service/state.hpp"

// The methods of org.cardwright.Custody.
namespace service {
namespace {

using State = Service::State;

Checked<core::LetterId> to_letter_id(std::string_view text) {
  const auto id = core::LetterId::parse(text);
  if (!id) return tl::unexpected(refusal(core::Refused::letterNotFound, cut(text)));
  return *id;
}

wire::Strings texts(const std::vector<core::LetterId>& letters) {
  wire::Strings result;
  for (const auto letter : letters) result.push_back(letter.text());
  return result;
}

wire::Letter to_wire(const core::Letter& letter) {
  wire::Letter result;
  result.letter = letter.id.text();
  result.card = letter.card.text();
  result.attempt = core::uuid_text(letter.attempt);
  result.state = letter.state;
  result.control = letter.control;
  result.made = wire::time_text(letter.made);
  if (letter.sent) result.sent = wire::time_text(*letter.sent);
  for (const auto person : {letter.first_person, letter.second_person})
    if (person >= 0) result.releasedBy.push_back(person);
  if (!letter.text.empty()) result.text = cut(letter.text, text_bytes_max);
  return result;
}

void list_letters(State& state, const Asked&, wire::ListLettersCall call, ipc::Reply reply) {
  store::LetterFilter filter{call.state, {}};
  if (call.card) {
    const auto card = to_card_id(*call.card);
    if (!card) return refuse(reply, card.error());
    if (!state.store.card(*card)) return refuse(reply, refusal(core::Refused::cardNotFound, card->text()));
    filter.card = *card;
  }
  std::optional<core::LetterId> after;
  if (call.after) {
    after = core::LetterId::parse(*call.after);
    if (!after) return reply.invalid_parameter("after");
  }
  if (call.limit && *call.limit < 1) return reply.invalid_parameter("limit");
  const auto limit =
      std::min(static_cast<std::size_t>(call.limit.value_or(list_letters_max)), list_letters_max);
  auto letters = state.store.letters(filter, after, limit + 1);
  wire::ListLettersReply result{{}, letters.size() > limit};
  if (result.more) letters.pop_back();
  for (const auto& letter : letters) result.letters.push_back(to_wire(letter));
  reply.reply(ipc::to_json(result));
}

void release_letters(State& state, const Asked& asked, wire::ReleaseLettersCall call, ipc::Reply reply) {
  core::ReleaseLetters command;
  const auto& rules = state.engine.rules();
  const auto named = call.letters.value_or(wire::Strings{});
  if (named.size() > rules.batch_cards_max)
    return refuse(reply, limit_exceeded("letters", rules.batch_cards_max));
  for (const auto& text : named) {
    const auto letter = to_letter_id(text);
    if (!letter) return refuse(reply, letter.error());
    command.letters.push_back(*letter);
  }
  const auto cards = to_card_ids(call.cards.value_or(wire::Strings{}), rules);
  if (!cards) return refuse(reply, cards.error());
  command.cards = *cards;
  command.all = call.all.value_or(false);
  if (command.all && !(command.letters.empty() && command.cards.empty()))
    return reply.invalid_parameter("all");
  submit(state, asked, std::move(command), std::move(reply), [](ipc::Reply& to, const core::Done& done) {
    to.reply(ipc::to_json(wire::ReleaseLettersReply{texts(done.letters), texts(done.awaiting)}));
  });
}

void resolve_letter(State& state, const Asked& asked, wire::ResolveLetterCall call, ipc::Reply reply) {
  const auto letter = to_letter_id(call.letter);
  if (!letter) return refuse(reply, letter.error());
  auto note = call.note.value_or("");
  if (const auto problem = check_length("note", note, note_length_max)) return refuse(reply, *problem);
  if (!is_one_line(note)) return reply.invalid_parameter("note");
  submit(state, asked, core::ResolveLetter{*letter, call.delivered, std::move(note)}, std::move(reply),
         [letter = letter->text()](ipc::Reply& to, const core::Done&) {
           to.reply(ipc::to_json(wire::ResolveLetterReply{letter}));
         });
}

}  // namespace

Methods custody(State& state) {
  return {{"ListLetters", method(state, list_letters)},
          {"ReleaseLetters", method(state, release_letters)},
          {"ResolveLetter", method(state, resolve_letter)}};
}

}  // namespace service
