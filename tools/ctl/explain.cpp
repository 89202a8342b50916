#include "tools/ctl/explain.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <system_error>

namespace ctl {
namespace {

namespace json = boost::json;

// Errors by name, without their interface. {name} stands for the parameter of that name.
struct ErrorRow {
  std::string_view error;
  std::string_view what;
  std::string_view advice;
};
constexpr std::array errors{
    ErrorRow{"CardNotFound", "{card}: there is no such card", "`cardwrightctl cards` lists them"},
    ErrorRow{"BatchNotFound", "{batch}: there is no such batch", "`cardwrightctl batches` lists them"},
    ErrorRow{"ProductNotFound", "{product}: there is no such product", "`cardwrightctl products` lists them"},
    ErrorRow{"OrderNotFound", "{order}: there is no such order", "`cardwrightctl orders` lists them"},
    ErrorRow{"ProductionTypeNotFound", "{productionType}: there is no such production type",
             "`cardwrightctl products` lists them"},
    ErrorRow{"HolderNotFound", "{holder}: nobody said who that is",
             "say it: `cardwrightctl holder {holder} --name NAME`"},
    ErrorRow{"HolderNotActive", "{holder} is {state} and may have no new cards",
             "`cardwrightctl holder {holder} --active` lets that be"},
    ErrorRow{"HolderHasCard", "{holder} has as many cards as one may have: {cards}",
             "take one back first: `cardwrightctl withdraw CARD`"},
    ErrorRow{"PhotoNotFound", "{photo}: there is no such photo",
             "send it: `cardwrightctl request --photo FILE`, or `cardwrightctl holder HOLDER --photo FILE`"},
    ErrorRow{"LetterNotFound", "{id}: there is no such letter, or none of that card",
             "`cardwrightctl letters` lists them"},
    ErrorRow{"PhotoInvalid", "this is no photo that the station can use: {text}",
             "send a JPEG or PNG of at most 1 MiB"},
    ErrorRow{"CardNotDrawable", "{card} cannot be drawn ({reason}): {text}",
             "`cardwrightctl card {card}` shows its fields: withdraw it (`cardwrightctl abort {card}`) and "
             "request it "
             "anew with right ones; or have its layout put right (`cardwright-render --check LAYOUT`)"},
    ErrorRow{"WrongState", "{id} is {state}: it cannot be {done}", {}},  // advice: by the state
    ErrorRow{"AmountOutOfRange", "{amount} cards are too few or too many at once",
             "request or order {minimum} to {maximum} cards at a time"},
    ErrorRow{"NumberOutOfRange", "{field} cannot be {value}", "say {minimum} to {maximum}"},
    ErrorRow{"OptionNotAllowed", "the product {product} does not let a request change {option}",
             "leave the option out, or ask for it in operator_may_change of the product"},
    ErrorRow{"OptionInvalid", "{option} cannot be {value}: {text}",
             "`cardwrightctl products` shows what is usual"},
    ErrorRow{"UseCaseDisabled", "this station does not offer {useCase}",
             "switch it on in [use_cases] of its configuration, or ask its administrator to"},
    ErrorRow{"CardNotInBatch", "{card} is not in batch {batch}",
             "`cardwrightctl card {card}` says where it is"},
    ErrorRow{"NoCards", "there is nothing to do: {text}",
             "`cardwrightctl cards` lists cards and their states"},
    ErrorRow{"BatchNotSettled", "{batch} cannot be completed because of {cards}: {text}",
             "`cardwrightctl repeat {batch} --failed --reason REASON`, or `cardwrightctl give-up {cards}`; "
             "for cards in doubt `cardwrightctl doubts`"},
    ErrorRow{"ReasonInvalid", "{reason} is no reason",
             "say misprinted, damaged, wrongData, lost or another reason of the catalogue"},
    ErrorRow{"ManifestInvalid", "the manifest is wrong, and nothing of it was taken for {order}{lines}",
             "have it put right, then give the same command again"},
    ErrorRow{"ManifestOfOtherOrder", "the manifest is for {found}, not for {order}",
             "`cardwrightctl manifest {found} FILE` takes it"},
    ErrorRow{"ImportInvalid", "the table is wrong, and nothing of it was taken{lines}",
             "put it right, then give the same command again"},
    ErrorRow{"EncoderBusy", "{card} is in the encoder and not finished yet",
             "wait until it is: `cardwrightctl card {card}`"},
    ErrorRow{"EncoderMissing", "no card can be encoded by hand here: {text}",
             "name a reader for it in hand_encoder of the station's configuration"},
    ErrorRow{"PoolLifeOver", "chip and certificates of {card} are good until {chipUntil}, and not for longer",
             "say fewer --days; if that time has passed, take another card: `cardwrightctl lock {card} "
             "--replace`"},
    ErrorRow{"EvidenceMissing", "{card} came as far as {reached}: {text}",
             "destroy its body, and say so: `cardwrightctl resolve {card} bad`"},
    ErrorRow{"IdempotencyKeyReused",
             "the idempotency key {idempotencyKey} was used before with other content",
             "use a new key for a new request"},
    ErrorRow{"SequenceGone", "the station does not have the changes after that number, or not any more",
             "watch without --after; the oldest change that is kept is {oldest}"},
    ErrorRow{"LimitExceeded", "{field} is more than the station takes: {maximum} at most",
             "say less; of attempts: give the card up with `cardwrightctl give-up CARD`, and request a new "
             "one; of "
             "previews: try again in a moment"},
    ErrorRow{"PermissionDenied", "you may not do this",
             "the station's roles file says who may; ask its administrator"},
    ErrorRow{"InvalidParameter", "the station does not take this value of {parameter}",
             "`cardwrightctl COMMAND --help` shows what a command takes"},
    ErrorRow{"MethodNotFound", "the station does not know {method}",
             "it is of another version than cardwrightctl"},
    ErrorRow{"InterfaceNotFound", "the service behind the socket has no {interface}",
             "is this the station's socket?"},
};

struct WordRow {
  std::string_view word;
  std::string_view text;
};
constexpr std::array participles{WordRow{"issue", "issued"},
                                 WordRow{"complete", "completed"},
                                 WordRow{"repeat", "repeated"},
                                 WordRow{"giveUp", "given up"},
                                 WordRow{"resolve", "resolved: it is not in doubt"},
                                 WordRow{"pull", "made"},
                                 WordRow{"abort", "aborted"},
                                 WordRow{"hold", "held"},
                                 WordRow{"release", "released"},
                                 WordRow{"cancel", "cancelled"},
                                 WordRow{"reorder", "ordered again"},
                                 WordRow{"bureauProduced", "said to be produced"},
                                 WordRow{"bureauFailed", "said to have failed"},
                                 WordRow{"import", "named in a manifest"},
                                 WordRow{"initialize", "initialised"},
                                 WordRow{"assign", "assigned"},
                                 WordRow{"extend", "extended"},
                                 WordRow{"withdraw", "withdrawn"},
                                 WordRow{"lock", "locked"}};
// What can be done about a card in that state; and about a batch in one that cards have not.
constexpr std::array ways_out{
    WordRow{"requested",
            "issue it first: `cardwrightctl issue {id}`; or withdraw it: `cardwrightctl abort {id}`"},
    WordRow{"processing", "it waits in the queue of orders: `cardwrightctl abort {id}` takes it out"},
    WordRow{"ordered",
            "it waits to be made: `cardwrightctl card {id}` names its order; of a bureau's order "
            "that was lost, `cardwrightctl give-up {id}`"},
    WordRow{"inProduction", "wait until its batch has ended: `cardwrightctl watch`"},
    WordRow{"produced",
            "initialise its chip first: `cardwrightctl initialize {id}`; a body that is not there or bad is "
            "named as failed in "
            "another manifest"},
    WordRow{"awaitingConfirmation", "complete or repeat it in its batch: `cardwrightctl card {id}` names it"},
    WordRow{"failed", "repeat it in its batch, or give it up: `cardwrightctl give-up {id}`"},
    WordRow{"inDoubt", "find its body and settle it: `cardwrightctl doubts` says where to look"},
    WordRow{"unassigned", "it is confirmed and in the pool: `cardwrightctl assign {id} HOLDER`"},
    WordRow{"assigned", "it has a holder: `cardwrightctl withdraw {id}` takes it back"},
    WordRow{"expired", "its validity has passed: `cardwrightctl withdraw {id}` takes it back"},
    WordRow{"locked", "it is locked for good; request a new card"},
    WordRow{"aborted", "it was given up or withdrawn; request a new card"},
    WordRow{"producing", "wait until it has ended: `cardwrightctl watch`"},
    WordRow{"paused", "see what it waits for: `cardwrightctl status`"},
    WordRow{"completed", "it is confirmed; request new cards instead"},
    WordRow{"cancelled", "nothing of it was produced; its cards can be issued again"},
};
// The same of batches and orders, where something else is to be done than with a card.
constexpr std::array ways_out_of_batches{
    WordRow{"awaitingConfirmation",
            "look at the cards, then `cardwrightctl complete {id}`, or repeat some of them"},
};
constexpr std::array ways_out_of_orders{
    WordRow{"ordered",
            "it is on its way to be made: `cardwrightctl orders {id}` shows how far; of a bureau's order "
            "that was lost, `cardwrightctl give-up CARD...`"},
    WordRow{"inProduction",
            "its batch is being made: `cardwrightctl orders {id}` names it, and `cardwrightctl cancel "
            "BATCH` stops it before its next card"},
    WordRow{"completed", "all its cards are made; order new ones"},
    WordRow{"aborted", "it was withdrawn; order new cards"},
};

constexpr std::array ways_out_of_letters{
    WordRow{"waiting", "release it: `cardwrightctl letters release {id}`"},
    WordRow{"released", "it goes out by itself: `cardwrightctl letters` says why it has not yet"},
    WordRow{"sending", "it is on its way: `cardwrightctl letters` shows what becomes of it"},
    WordRow{"delivered", "it is out, and the station has its PIN no longer"},
    WordRow{"inDoubt",
            "look whether it was printed, then `cardwrightctl letters resolve {id} delivered`, or lost"},
    WordRow{"void", "its PIN is not valid any more"},
};

// The lines of a table that are wrong, one below the other; empty where there are none.
std::string problems(const json::object& parameters) {
  std::string result;
  const auto* lines = parameters.if_contains("lines");
  if (!lines || !lines->is_array()) return result;
  for (const auto& element : lines->get_array()) {
    if (!element.is_object()) continue;
    const auto& problem = element.get_object();
    const auto column = text(problem, "column");
    result += "\n  line " + text(problem, "line") + (column.empty() ? "" : ", " + column) + ": " +
              text(problem, "text");
  }
  return result;
}

template <class Rows>
std::string_view look_up(const Rows& rows, std::string_view word) {
  const auto found = std::ranges::find(rows, word, &WordRow::word);
  return found == rows.end() ? std::string_view() : found->text;
}

std::string fill(std::string_view pattern, const json::object& parameters) {
  std::string result;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    result += pattern.substr(0, open);
    if (open == pattern.npos) break;
    const auto close = pattern.find('}', open);
    const auto name = pattern.substr(open + 1, close - open - 1);
    result += name == "lines" ? problems(parameters) : text(parameters, name);
    pattern.remove_prefix(close + 1);
  }
  return result;
}

// Whose id it is shows its first letter.
std::string_view way_out(std::string_view id, std::string_view state) {
  std::string_view advice;
  if (id.starts_with('B')) advice = look_up(ways_out_of_batches, state);
  if (id.starts_with('O')) advice = look_up(ways_out_of_orders, state);
  if (id.starts_with('L')) advice = look_up(ways_out_of_letters, state);
  return advice.empty() ? look_up(ways_out, state) : advice;
}

// An order was named where a batch is wanted: it is easily taken for it.
bool is_order_for_batch(std::string_view name, const json::object& parameters) {
  return name == "BatchNotFound" && text(parameters, "batch").starts_with('O');
}

Explanation explain_refusal(const ipc::Error& error) {
  const auto name = std::string_view(error.name).substr(error.name.rfind('.') + 1);
  const auto row = std::ranges::find(errors, name, &ErrorRow::error);
  if (row == errors.end())
    return {printable(error.name) + " " + printable(json::serialize(error.parameters)), {}};
  auto parameters = error.parameters;
  auto advice = row->advice;
  if (name == "WrongState") {
    const auto verb = text(parameters, "verb");
    const auto participle = look_up(participles, verb);
    parameters["done"] = participle.empty() ? verb : participle;
    advice = way_out(text(parameters, "id"), text(parameters, "state"));
  }
  if (is_order_for_batch(name, parameters))
    advice = "an order has another name: `cardwrightctl orders {batch}` tells its batch";
  return {fill(row->what, parameters), fill(advice, parameters)};
}

}  // namespace

std::string text(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  if (!value || value->is_null()) return {};
  if (const auto* string = value->if_string()) return printable(*string);
  const auto* array = value->if_array();
  if (!array) return printable(json::serialize(*value));
  std::string list;
  for (const auto& element : *array) {
    if (!list.empty()) list += ' ';
    list += element.is_string() ? printable(element.get_string()) : printable(json::serialize(element));
  }
  return list;
}

Explanation explain(const ipc::Error& error) {
  switch (error.kind) {
    case ipc::Error::Kind::refused: return explain_refusal(error);
    case ipc::Error::Kind::unreachable:
      if (error.text.ends_with(std::generic_category().message(EACCES)))
        return {printable(error.text),
                "who may talk to the station is in the group of its socket, cardwright-clients as shipped: "
                "ask to be made a member"};
      return {printable(error.text),
              "is the daemon there? `systemctl status cardwright.socket cardwright.service`"};
    case ipc::Error::Kind::timedOut:
    case ipc::Error::Kind::broken:
      return {printable(error.text),
              "whether it took effect is not known: look with `cardwrightctl batches` before doing it again, "
              "or use "
              "--idempotency-key, with which doing it again is safe"};
  }
  return {};
}

Exit exit_for(const ipc::Error& error) {
  return error.kind == ipc::Error::Kind::unreachable ? Exit::noDaemon : Exit::refused;
}

}  // namespace ctl
