#pragma once
#include <tuple>

#include "daemon/store/store.hpp"
#include "daemon/store/values.hpp"

// Which member of a row stands in which column. The statements that write and read rows are made from this.
namespace store {

template <class Row, class Member>
struct Column {
  std::string_view name;
  Member Row::*member;
};
template <class Row, class Member>
Column(std::string_view, Member Row::*) -> Column<Row, Member>;

// `key`: an existing row with the same key is written over. Empty: rows are only ever added.
// `numbered`: the first column is given by the database.
template <class Row>
struct Table;

template <>
struct Table<core::Card> {
  static constexpr std::string_view name = "card", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"id", &core::Card::id},
                                      Column{"number", &core::Card::number},
                                      Column{"product", &core::Card::product},
                                      Column{"state", &core::Card::state},
                                      Column{"batch", &core::Card::batch},
                                      Column{"options", &core::Card::options},
                                      Column{"fields", &core::Card::fields},
                                      Column{"note", &core::Card::note},
                                      Column{"created", &core::Card::created},
                                      Column{"attempt", &core::Card::attempt},
                                      Column{"reason", &core::Card::reason},
                                      Column{"text", &core::Card::text},
                                      Column{"order_id", &core::Card::order},
                                      Column{"guid", &core::Card::guid},
                                      Column{"chip_serial", &core::Card::chip_serial},
                                      Column{"chip_until", &core::Card::chip_until},
                                      Column{"encoding_due", &core::Card::encoding_due},
                                      Column{"holder", &core::Card::holder},
                                      Column{"valid_until", &core::Card::valid_until}};
};

template <>
struct Table<core::Order> {
  static constexpr std::string_view name = "card_order", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"id", &core::Order::id},
                                      Column{"state", &core::Order::state},
                                      Column{"production_type", &core::Order::production_type},
                                      Column{"product", &core::Order::product},
                                      Column{"producer", &core::Order::producer},
                                      Column{"priority", &core::Order::priority},
                                      Column{"held", &core::Order::held},
                                      Column{"holder", &core::Order::holder},
                                      Column{"note", &core::Order::note},
                                      Column{"created", &core::Order::created},
                                      Column{"due", &core::Order::due},
                                      Column{"cards", &core::Order::cards},
                                      Column{"batch", &core::Order::batch},
                                      Column{"sent", &core::Order::sent}};
};

template <>
struct Table<core::Holder> {
  static constexpr std::string_view name = "holder", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{
      Column{"id", &core::Holder::id},          Column{"state", &core::Holder::state},
      Column{"name", &core::Holder::name},      Column{"upn", &core::Holder::upn},
      Column{"email", &core::Holder::email},    Column{"photo", &core::Holder::photo},
      Column{"changed", &core::Holder::changed}};
};

template <>
struct Table<core::Photo> {
  static constexpr std::string_view name = "photo", key = "digest";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"digest", &core::Photo::digest},
                                      Column{"image", &core::Photo::image},
                                      Column{"stored", &core::Photo::stored}};
};

template <>
struct Table<core::Batch> {  // its cards stand in batch_card
  static constexpr std::string_view name = "batch", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"id", &core::Batch::id},
                                      Column{"state", &core::Batch::state},
                                      Column{"origin", &core::Batch::origin},
                                      Column{"created", &core::Batch::created},
                                      Column{"reason", &core::Batch::reason},
                                      Column{"text", &core::Batch::text},
                                      Column{"consecutive_failures", &core::Batch::consecutive_failures}};
};

template <>
struct Table<core::Attempt> {
  static constexpr std::string_view name = "attempt", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"id", &core::Attempt::id},
                                      Column{"card", &core::Attempt::card},
                                      Column{"batch", &core::Attempt::batch},
                                      Column{"kind", &core::Attempt::kind},
                                      Column{"phase", &core::Attempt::phase},
                                      Column{"reached", &core::Attempt::reached},
                                      Column{"reason", &core::Attempt::reason},
                                      Column{"text", &core::Attempt::text},
                                      Column{"started", &core::Attempt::started},
                                      Column{"ended", &core::Attempt::ended},
                                      Column{"printer_serial", &core::Attempt::printer_serial},
                                      Column{"baseline", &core::Attempt::baseline},
                                      Column{"chip_serial", &core::Attempt::chip_serial},
                                      Column{"bodies", &core::Attempt::bodies},
                                      Column{"recoveries", &core::Attempt::recoveries},
                                      Column{"whereabouts", &core::Attempt::whereabouts},
                                      Column{"check_code", &core::Attempt::check_code},
                                      Column{"invalidation", &core::Attempt::invalidation},
                                      Column{"then_verb", &core::Attempt::then},
                                      Column{"holder", &core::Attempt::holder},
                                      Column{"valid_until", &core::Attempt::valid_until},
                                      Column{"stripe", &core::Attempt::stripe}};
};

template <>
struct Table<core::Letter> {
  static constexpr std::string_view name = "letter", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"id", &core::Letter::id},
                                      Column{"attempt", &core::Letter::attempt},
                                      Column{"card", &core::Letter::card},
                                      Column{"state", &core::Letter::state},
                                      Column{"control", &core::Letter::control},
                                      Column{"first_person", &core::Letter::first_person},
                                      Column{"second_person", &core::Letter::second_person},
                                      Column{"made", &core::Letter::made},
                                      Column{"sent", &core::Letter::sent},
                                      Column{"on_paper", &core::Letter::on_paper},
                                      Column{"text", &core::Letter::text}};
};

template <>
struct Table<core::PrinterAccount> {
  static constexpr std::string_view name = "printer", key = "serial";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"serial", &core::PrinterAccount::serial},
                                      Column{"model", &core::PrinterAccount::model},
                                      Column{"first", &core::PrinterAccount::first},
                                      Column{"last", &core::PrinterAccount::last},
                                      Column{"good", &core::PrinterAccount::good},
                                      Column{"rejected", &core::PrinterAccount::rejected},
                                      Column{"condemned", &core::PrinterAccount::condemned},
                                      Column{"in_doubt", &core::PrinterAccount::in_doubt},
                                      Column{"samples", &core::PrinterAccount::samples},
                                      Column{"foreign_bodies", &core::PrinterAccount::foreign},
                                      Column{"used", &core::PrinterAccount::used}};
};

template <>
struct Table<core::ClockMark> {
  static constexpr std::string_view name = "clock", key = "id";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"id", &core::ClockMark::id},
                                      Column{"newest", &core::ClockMark::newest}};
};

template <>
struct Table<core::Certificate> {
  static constexpr std::string_view name = "certificate", key = "serial";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"serial", &core::Certificate::serial},
                                      Column{"attempt", &core::Certificate::attempt},
                                      Column{"purpose", &core::Certificate::purpose},
                                      Column{"state", &core::Certificate::state},
                                      Column{"to_be_signed", &core::Certificate::to_be_signed},
                                      Column{"der", &core::Certificate::der},
                                      Column{"held", &core::Certificate::held},
                                      Column{"reason", &core::Certificate::reason},
                                      Column{"entered", &core::Certificate::entered},
                                      Column{"listed", &core::Certificate::listed}};
};

template <>
struct Table<core::RevocationList> {
  static constexpr std::string_view name = "revocation_list", key = "number";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"number", &core::RevocationList::number},
                                      Column{"this_update", &core::RevocationList::this_update},
                                      Column{"next_update", &core::RevocationList::next_update},
                                      Column{"written", &core::RevocationList::written},
                                      Column{"entries", &core::RevocationList::entries}};
};

template <>
struct Table<core::SealedSecrets> {
  static constexpr std::string_view name = "sealed", key = "attempt";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"attempt", &core::SealedSecrets::attempt},
                                      Column{"pin", &core::SealedSecrets::pin},
                                      Column{"puk", &core::SealedSecrets::puk}};
};

template <>
struct Table<core::Change> {
  static constexpr std::string_view name = "change", key = "";
  static constexpr bool numbered = true;
  static constexpr std::tuple columns{
      Column{"sequence", &core::Change::sequence}, Column{"time", &core::Change::time},
      Column{"subject", &core::Change::subject},   Column{"batch", &core::Change::batch},
      Column{"card", &core::Change::card},         Column{"attempt", &core::Change::attempt},
      Column{"state", &core::Change::state},       Column{"reason", &core::Change::reason},
      Column{"text", &core::Change::text},         Column{"order_id", &core::Change::order}};
};

template <>
struct Table<core::AuditRecord> {
  static constexpr std::string_view name = "audit", key = "";
  static constexpr bool numbered = true;
  static constexpr std::tuple columns{
      Column{"sequence", &core::AuditRecord::sequence}, Column{"time", &core::AuditRecord::time},
      Column{"uid", &core::AuditRecord::uid},           Column{"action", &core::AuditRecord::action},
      Column{"object", &core::AuditRecord::object},     Column{"outcome", &core::AuditRecord::outcome}};
};

template <>
struct Table<core::Remembered> {
  static constexpr std::string_view name = "remembered", key = "";
  static constexpr bool numbered = false;
  static constexpr std::tuple columns{Column{"uid", &core::Remembered::uid},
                                      Column{"method", &core::Remembered::method},
                                      Column{"idempotency_key", &core::Remembered::key},
                                      Column{"digest", &core::Remembered::digest},
                                      Column{"batch", &core::Remembered::batch},
                                      Column{"cards", &core::Remembered::cards},
                                      Column{"skipped", &core::Remembered::skipped},
                                      Column{"order_id", &core::Remembered::order},
                                      Column{"attempt", &core::Remembered::attempt},
                                      Column{"time", &core::Remembered::time},
                                      Column{"letters", &core::Remembered::letters},
                                      Column{"awaiting", &core::Remembered::awaiting}};
};

// Calls visit(column, index) for each column; indices count from 0.
template <class Row, class Visit>
void for_each_column(Visit visit) {
  std::apply(
      [&](const auto&... column) {
        int index = 0;
        (visit(column, index++), ...);
      },
      Table<Row>::columns);
}

// "SELECT id,number,… FROM card "
template <class Row>
std::string select_from() {
  std::string sql;
  for_each_column<Row>(
      [&](const auto& column, int index) { sql.append(index == 0 ? "SELECT " : ",").append(column.name); });
  return sql.append(" FROM ").append(Table<Row>::name).append(" ");
}

template <class Row>
std::string write_into() {
  std::string names, places, settings;
  for_each_column<Row>([&](const auto& column, int index) {
    names.append(index == 0 ? "" : ",").append(column.name);
    places.append(index == 0 ? "?" : ",?");
    if (column.name != Table<Row>::key)
      settings.append(settings.empty() ? "" : ",")
          .append(column.name)
          .append("=excluded.")
          .append(column.name);
  });
  std::string sql = "INSERT INTO " + std::string(Table<Row>::name) + "(" + names + ") VALUES(" + places + ")";
  if (!Table<Row>::key.empty())
    sql.append(" ON CONFLICT(").append(Table<Row>::key).append(") DO UPDATE SET ").append(settings);
  return sql;
}

template <class Row>
void bind_row(Query& query, const Row& row) {
  for_each_column<Row>([&](const auto& column, int index) {
    if (Table<Row>::numbered && index == 0)
      query.bind_null(1);
    else
      put(query, index + 1, row.*column.member);
  });
}

template <class Row>
Row read_row(const Query& query) {
  Row row;
  for_each_column<Row>([&](const auto& column, int index) {
    try {
      get(query, index, row.*column.member);
    } catch (const BadValue& bad) {
      throw StoreFailed("the journal is damaged: table " + std::string(Table<Row>::name) + ", column " +
                        std::string(column.name) + " " + bad.what());
    }
  });
  return row;
}

// What a revocation list has, by serial number: from an index that holds all of it and nothing else.
inline constexpr std::string_view list_entries_sql =
    "SELECT serial,held,reason FROM certificate WHERE state<>'released' ORDER BY serial";

// Attempts by their end: ?1 and ?2 the time, ?3 the one after which to begin, ?4 the limit.
inline constexpr std::string_view ended_sql =
    "SELECT made,started,ended,kind,phase,attempt.reason,product FROM attempt JOIN card ON "
    "card.id=attempt.card WHERE ended>=?1 AND ended<?2 AND (ended>?1 OR made>?3) ORDER BY ended,made LIMIT "
    "?4";
// Deletes answers that are as old as ?1, at most ?2.
inline constexpr std::string_view delete_answers_sql =
    "DELETE FROM remembered WHERE (uid,method,idempotency_key) IN (SELECT uid,method,idempotency_key FROM "
    "remembered WHERE time<=?1 ORDER BY time LIMIT ?2)";

// The cards of a filter by id: ?1 the id after which to begin, ?2 the limit, ?3 the batch if the filter has
// one.
std::string cards_sql(const CardFilter& filter);
// The same of letters: ?3 the card if the filter has one.
std::string letters_sql(const LetterFilter& filter);
// Letters that are neither delivered nor void.
std::string open_letters_sql();

}  // namespace store
