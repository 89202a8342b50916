#include "tools/ctl/declare.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

namespace ctl::declare {
namespace {

// CLI11 2.1 takes a number beyond the range for the largest one.
const CLI::Validator whole_number{[](const std::string& text) {
                                    std::int64_t value = 0;
                                    const auto* end = text.data() + text.size();
                                    const auto [at, error] = std::from_chars(text.data(), end, value);
                                    return at == end && error == std::errc{} ? ""
                                                                             : text + " is no whole number";
                                  },
                                  ""};

// Whose id a word is shows its first letter.
const CLI::Validator batch_or_order{[](const std::string& id) {
                                      return id.starts_with('B') || id.starts_with('O')
                                                 ? ""
                                                 : id + " is neither a batch, as B3, nor an order, as O5";
                                    },
                                    ""};

const CLI::Validator card_or_letter{[](const std::string& id) {
                                      return id.starts_with('C') || id.starts_with('L')
                                                 ? ""
                                                 : id + " is neither a card, as C17, nor a letter, as L3";
                                    },
                                    ""};

void number(App& app, const char* name, std::optional<std::int64_t>& to, const char* what) {
  app.add_option(name, to, what)->type_name("N")->check(whole_number);
}

// Two flags of which one can be said.
void either(App& app, const char* yes, const char* yes_text, const char* no, const char* no_text,
            std::optional<bool>& to) {
  auto* first = app.add_flag_callback(
      yes, [&to] { to = true; }, yes_text);
  app.add_flag_callback(
         no, [&to] { to = false; }, no_text)
      ->excludes(first);
}

// A list takes every word that follows, however many it expects: where another word follows, this takes one.
void one_card(App& app, Arguments& to) {
  app.add_option_function<std::string>(
         "CARD", [&to](const std::string& one) { to.cards = {one}; }, "The card, as C17")
      ->required();
}

void options(App& app, Arguments& to) {
  number(app, "--pin-length", to.pin_length, "Digits of the PIN");
  number(app, "--puk-length", to.puk_length, "Digits of the PUK");
  either(app, "--encode", "Encode the chip", "--no-encode", "Only print", to.encode);
  app.add_option("--certificate", to.certificates, "Certificate profile to issue; may be given several times")
      ->type_name("PROFILE")
      ->allow_extra_args(false);
}

void wishes(App& app, Arguments& to) {
  app.add_option("-n,--amount", to.amount, "How many cards")->required()->type_name("N")->check(whole_number);
  options(app, to);
  app.add_option("--field", to.fields, "What the layout prints; may be given several times")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->check([](const std::string& field) {
        return field.find('=') == field.npos || field.front() == '=' ? "write NAME=VALUE" : std::string();
      });
  app.add_option("--photo", to.photo, "JPEG or PNG of at most 1 MiB, for layouts that print one")
      ->type_name("FILE");
  app.add_option("--note", to.note, "For people; not printed");
}

void days(App& app, Arguments& to, const char* what) {
  number(app, "--days", to.days, what);
}

}  // namespace

void nothing(App&, Arguments&) {}

void request(App& app, Arguments& to) {
  app.add_option("-p,--product", to.product, "Product; the station's default when absent");
  wishes(app, to);
}

void order(App& app, Arguments& to) {
  app.add_option("-t,--type", to.production_type, "Production type; the station's default when absent");
  either(app, "--queue", "Let it wait until the station is free; until then it can be held or aborted",
         "--no-queue", "Have it made before all that wait", to.queue);
  app.add_option("--holder", to.holder, "For whom the cards are");
  number(app, "--priority", to.priority, "0 is the highest, 255 the lowest");
  wishes(app, to);
}

void orders(App& app, Arguments& to) {
  auto* one = app.add_option("ORDER", to.order, "Only this one, with its cards");
  auto* state = app.add_option("--state", to.state, "Only orders in this state")
                    ->check(CLI::IsMember({"processing", "ordered", "inProduction", "completed", "aborted"}));
  either(app, "--held", "Only orders that are held", "--not-held", "Only those that are not", to.held);
  app.add_option("--after", to.after_id, "Only orders older than this one")->type_name("ORDER");
  number(app, "--limit", to.limit, "At most so many");
  for (auto* filter : {state, app.get_option("--held"), app.get_option("--not-held"),
                       app.get_option("--after"), app.get_option("--limit")})
    filter->excludes(one);
}

void order_id(App& app, Arguments& to) {
  app.add_option("ORDER", to.order, "The order, as O5")->required();
}

void abort(App& app, Arguments& to) {
  app.add_option("ID", to.cards, "Cards, as C17, and orders, as O5, with all their cards")->required();
}

void cards(App& app, Arguments& to) {
  app.add_option("--state", to.state, "Only cards in this state")
      ->check(CLI::IsMember({"requested", "processing", "ordered", "inProduction", "produced",
                             "awaitingConfirmation", "failed", "inDoubt", "unassigned", "assigned", "expired",
                             "locked", "aborted"}));
  app.add_option("--batch", to.batch, "Only cards of this batch");
  app.add_option("--order", to.order, "Only cards of this order");
  app.add_option("--holder", to.holder, "Only cards of this holder");
  number(app, "--limit", to.limit, "At most so many");
}

void named_cards(App& app, Arguments& to) {
  app.add_option("CARD", to.cards, "Cards, as C17")->required();
}

void card(App& app, Arguments& to) {
  app.add_option("CARD", to.cards, "The card, as C17")->required()->expected(1);
}

void preview(App& app, Arguments& to) {
  card(app, to);
  app.add_option("--out", to.folder, "Where the pictures go, as C17-front.png")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_flag("--planes", to.planes,
               "What the printer gets, too: C17-front-color.png, C17-front-k.png, C17-front-overlay.png");
}

void issue(App& app, Arguments& to) {
  auto* named = app.add_option("CARD", to.cards, "Cards, in the order in which they are to be made");
  app.add_flag("--all", to.all, "All that are requested")->excludes(named);
  options(app, to);
  app.add_flag("--check", to.check, "Only say what would be issued, and what is wrong with it");
  app.callback([&to] {
    if (to.cards.empty() && !to.all) throw CLI::RequiredError("CARD or --all");
  });
}

void batches(App& app, Arguments& to) {
  number(app, "--limit", to.limit, "At most so many");
}

void batch(App& app, Arguments& to) {
  app.add_option("BATCH", to.batch, "The batch, as B3")->required();
}

void repeat(App& app, Arguments& to) {
  app.add_option("ID", to.batch, "The batch, as B3; or the order of a bureau, as O5")
      ->required()
      ->check(batch_or_order);
  auto* named = app.add_option("CARD", to.cards, "Cards of it; a finished body is condemned");
  app.add_flag("--failed", to.failed, "All that failed; what happens when no card is named")->excludes(named);
  app.add_option("--reason", to.reason, "misprinted, damaged, wrongData, lost, or another reason")
      ->required();
}

void table_file(App& app, Arguments& to) {
  app.add_option("FILE", to.file, "CSV with a header, one line a card; - is standard input")->required();
}

void manifest(App& app, Arguments& to) {
  order_id(app, to);
  app.add_option("FILE", to.file, "What the bureau sent: CSV with a header; - is standard input")->required();
}

void export_rows(App& app, Arguments& to) {
  app.add_option("ID", to.batch, "The batch, as B3, or the order, as O5")->required()->check(batch_or_order);
  app.add_option("--format", to.format, "csv (RFC 4180) or json")
      ->type_name("csv|json")
      ->check(CLI::IsMember({"csv", "json"}))
      ->capture_default_str();
}

void holder(App& app, Arguments& to) {
  app.add_option("HOLDER", to.holder, "As the front end names the person")->required();
  app.add_option("--name", to.name, "The person's name");
  either(app, "--active", "May have cards", "--inactive", "May have no new cards", to.active);
  app.add_option("--photo", to.photo, "JPEG or PNG; '' takes it away")->type_name("FILE");
  app.add_option("--upn", to.upn, "User principal name, for certificates; '' takes it away");
  app.add_option("--email", to.email, "Mail address, for certificates; '' takes it away");
}

void assign(App& app, Arguments& to) {
  one_card(app, to);
  app.add_option("HOLDER", to.holder, "Whom it is for")->required();
  days(app, to, "So many days from now; absent: as the product says");
}

void extend(App& app, Arguments& to) {
  card(app, to);
  days(app, to, "So many days from the end of the assignment; absent: as the product says");
}

void lock(App& app, Arguments& to) {
  card(app, to);
  app.add_option("--reason", to.reason, "Why its body is bad: misprinted, damaged, wrongData or lost");
  app.add_flag("--replace", to.replace, "Request a new card in its place");
}

void resolve(App& app, Arguments& to) {
  one_card(app, to);
  app.add_option("VERDICT", to.verdict,
                 "good: it passed every check, is whole, and in your hands; bad: it is destroyed or lost")
      ->required()
      ->type_name("good|bad")
      ->check(CLI::IsMember({"good", "bad"}));
  app.add_option("--note", to.note, "What was found; kept in the audit trail");
}

void letters(App& app, Arguments& to) {
  app.add_option("--state", to.state, "Only letters in this state")
      ->check(CLI::IsMember({"waiting", "released", "sending", "delivered", "inDoubt", "void"}));
  app.add_option_function<std::string>(
         "--card", [&to](const std::string& one) { to.cards = {one}; }, "Only letters of this card")
      ->type_name("CARD");
  app.require_subcommand(0, 1);
  auto* release = app.add_subcommand("release", "Let letters out that wait");
  auto* named =
      release->add_option("ID", to.cards, "Cards, as C17, or letters, as L3")->check(card_or_letter);
  release->add_flag("--all", to.all, "All that wait")->excludes(named);
  release->footer("Where the station asks for two persons, both of them give this command.");
  release->callback([&to] {
    to.action = "release";
    if (to.cards.empty() && !to.all) throw CLI::RequiredError("CARD, LETTER or --all");
  });
  auto* resolve = app.add_subcommand("resolve", "Say what became of a letter in doubt");
  resolve->add_option("LETTER", to.letter, "The letter, as L3")->required();
  resolve
      ->add_option("VERDICT", to.verdict,
                   "delivered: the sheet was found, whole and unread; lost: it is printed anew, when it is "
                   "released again")
      ->required()
      ->type_name("delivered|lost")
      ->check(CLI::IsMember({"delivered", "lost"}));
  resolve->add_option("--note", to.note, "What was found; kept in the audit trail");
  resolve->footer("Where a lost sheet may have been read, lock its card instead: cardwrightctl lock CARD.");
  resolve->callback([&to] { to.action = "resolve"; });
}

void watch(App& app, Arguments& to) {
  app.add_option("--after", to.after, "Begin behind this change instead of now")
      ->type_name("SEQUENCE")
      ->check(whole_number);
}

void stats(App& app, Arguments& to) {
  app.add_option("--by", to.by, "shift, day, product or total")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"shift", "day", "product", "total"}));
  app.add_option("--since", to.since, "From this day or time on, as 2026-11-20 or 2026-11-20T06:00:00Z (UTC)")
      ->type_name("TIME");
  app.add_option("--until", to.until, "Up to this day or time, which is not in it")->type_name("TIME");
}

}  // namespace ctl::declare
