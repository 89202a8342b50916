#pragma once
#include "daemon/service/wire.hpp"

// Types, parameters and replies of org.cardwright.Custody.
namespace service::wire {

struct Letter {
  std::string letter, card, attempt;
  core::LetterState state{};
  std::string control, made;
  Optional<std::string> sent;
  std::vector<std::int64_t> releasedBy;
  Optional<std::string> text;
};
BOOST_DESCRIBE_STRUCT(Letter, (), (letter, card, attempt, state, control, made, sent, releasedBy, text))

struct ListLettersCall {
  Optional<core::LetterState> state;
  Optional<std::string> card, after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListLettersCall, (), (state, card, after, limit))

struct ListLettersReply {
  std::vector<Letter> letters;
  bool more = false;
};
BOOST_DESCRIBE_STRUCT(ListLettersReply, (), (letters, more))

struct ReleaseLettersCall {
  Optional<Strings> letters, cards;
  Optional<bool> all;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ReleaseLettersCall, (), (letters, cards, all, idempotencyKey))

struct ReleaseLettersReply {
  Strings letters, awaitingSecondPerson;
};
BOOST_DESCRIBE_STRUCT(ReleaseLettersReply, (), (letters, awaitingSecondPerson))

struct ResolveLetterCall {
  std::string letter;
  bool delivered = false;
  Optional<std::string> note, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ResolveLetterCall, (), (letter, delivered, note, idempotencyKey))

struct ResolveLetterReply {
  std::string letter;
};
BOOST_DESCRIBE_STRUCT(ResolveLetterReply, (), (letter))

}  // namespace service::wire
