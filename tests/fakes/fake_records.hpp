#pragma once
#include <map>
#include <stdexcept>
#include <tuple>
#include <variant>
#include <vector>

#include "daemon/core/letters.hpp"

namespace fakes {

// The journal as maps. Refuses what the real one refuses: a second good body of a card, an attempt that
// changes after it was over, a revoked certificate that is not any more, and a second letter of an attempt.
class FakeRecords final : public core::Records {
 public:
  std::map<core::CardId, core::Card> cards;
  std::map<core::BatchId, core::Batch> batches;
  std::map<core::AttemptId, core::Attempt> attempts;
  std::vector<core::AttemptId> made;  // the attempts in the order in which they were made
  std::map<api::Bytes, core::Certificate> certificate_rows;
  std::map<std::int64_t, core::RevocationList> lists;
  std::map<core::AttemptId, core::SealedSecrets> sealed;
  std::map<std::string, core::PrinterAccount> accounts;
  std::optional<api::WallTime> clock_mark;
  std::map<core::OrderId, core::Order> orders;
  std::map<std::string, core::Holder, std::less<>> holders;
  std::map<std::string, core::Photo, std::less<>> photos;
  std::map<core::LetterId, core::Letter> letters;
  std::vector<core::Change> changes;
  std::vector<core::AuditRecord> audits;

  void write(const std::vector<core::Row>& rows) {
    for (const auto& row : rows) std::visit([this](const auto& one) { put(one); }, row);
  }

  std::optional<core::Card> card(core::CardId id) override { return find(cards, id); }
  std::optional<core::Batch> batch(core::BatchId id) override { return find(batches, id); }
  std::vector<core::Card> requested(std::size_t limit) override {
    std::vector<core::Card> found;
    for (const auto& [id, card] : cards)
      if (card.state == core::CardState::requested && found.size() < limit) found.push_back(card);
    return found;
  }
  std::optional<core::Order> order(core::OrderId id) override { return find(orders, id); }
  std::optional<core::Holder> holder(std::string_view id) override {
    const auto found = holders.find(id);
    return found == holders.end() ? std::nullopt : std::optional(found->second);
  }
  bool photo_known(std::string_view digest) override { return photos.contains(digest); }
  std::vector<core::Card> assigned_to(std::string_view holder) override {
    return cards_where([holder](const core::Card& card) {
      return card.state == core::CardState::assigned && card.holder == holder;
    });
  }
  std::vector<core::Card> expiring(api::WallTime now, std::size_t limit) override {
    auto found = cards_where([now](const core::Card& card) {
      return card.state == core::CardState::assigned && card.valid_until && *card.valid_until <= now;
    });
    found.resize(std::min(found.size(), limit));
    return found;
  }
  std::vector<core::Card> to_erase(api::WallTime before, std::size_t limit) override {
    auto found = cards_where([&](const core::Card& card) {
      using enum core::CardState;
      const bool settled = card.state == unassigned || card.state == assigned || card.state == expired ||
                           card.state == locked || card.state == aborted;
      const auto ended = card.attempt ? attempts.at(*card.attempt).ended : std::nullopt;
      return settled && (!card.fields.empty() || !card.note.empty()) && ended.value_or(card.created) < before;
    });
    found.resize(std::min(found.size(), limit));
    return found;
  }
  std::vector<core::Order> orders_to_erase(api::WallTime before, std::size_t limit) override {
    std::vector<core::Order> found;
    for (const auto& [id, order] : orders) {
      const bool over =
          order.state == core::OrderState::completed || order.state == core::OrderState::aborted;
      const bool made_later = std::ranges::any_of(cards, [&, id = id](const auto& entry) {
        const auto& card = entry.second;
        return card.order == id && card.attempt && attempts.at(*card.attempt).ended >= before;
      });
      if (over && !order.note.empty() && order.created < before && !made_later && found.size() < limit)
        found.push_back(order);
    }
    return found;
  }
  std::vector<std::string> photos_to_erase(api::WallTime before, std::size_t limit) override {
    std::vector<std::string> found;
    for (const auto& [digest, photo] : photos) {
      const bool used = std::ranges::any_of(holders, [&](const auto& entry) {
        return entry.second.photo == digest && entry.second.state == core::HolderState::active;
      });
      const bool wanted = std::ranges::any_of(cards, [&](const auto& entry) {
        const auto& [id, card] = entry;
        const auto field = card.fields.find("photo");
        return !core::is_confirmed(card.state) && card.state != core::CardState::aborted &&
               field != card.fields.end() && field->second == digest;
      });
      if (photo.stored < before && !used && !wanted && found.size() < limit) found.push_back(digest);
    }
    return found;
  }
  std::optional<core::Attempt> attempt(const core::AttemptId& id) override { return find(attempts, id); }
  std::vector<core::Attempt> attempts_of(core::CardId card) override {
    std::vector<core::Attempt> found;
    for (const auto& id : made)
      if (attempts.at(id).card == card) found.push_back(attempts.at(id));
    return found;
  }
  std::optional<core::SealedSecrets> sealed_secrets(const core::AttemptId& attempt) override {
    return find(sealed, attempt);
  }
  std::vector<core::Certificate> certificates(const core::AttemptId& attempt) override {
    std::vector<core::Certificate> found;
    for (const auto& [serial, certificate] : certificate_rows)
      if (certificate.attempt == attempt) found.push_back(certificate);
    return found;
  }
  std::vector<core::Certificate> unlisted(std::int64_t list) override {
    std::vector<core::Certificate> found;
    for (const auto& [serial, certificate] : certificate_rows)
      if (certificate.listed > list) found.push_back(certificate);
    return found;
  }
  core::RevocationList newest_list() override {
    return lists.empty() ? core::RevocationList{} : lists.rbegin()->second;
  }
  core::RevocationList written_list() override {
    core::RevocationList newest;
    for (const auto& [number, list] : lists)
      if (list.written) newest = list;
    return newest;
  }
  std::optional<core::Letter> letter(core::LetterId id) override { return find(letters, id); }
  std::optional<core::Letter> letter_of(const core::AttemptId& attempt) override {
    for (const auto& [id, letter] : letters)
      if (letter.attempt == attempt) return letter;
    return std::nullopt;
  }
  std::vector<core::Letter> letters_of(core::CardId card) override {
    std::vector<core::Letter> found;
    for (const auto& [id, letter] : letters)
      if (letter.card == card) found.push_back(letter);
    return found;
  }
  std::vector<core::Letter> open_letters() override {
    std::vector<core::Letter> found;
    for (const auto& [id, letter] : letters)
      if (core::is_open(letter.state)) found.push_back(letter);
    return found;
  }
  std::vector<core::AttemptId> letters_owed() override {
    std::vector<core::AttemptId> owed;
    for (const auto& id : made) {
      const auto& attempt = attempts.at(id);
      const auto secrets = sealed.find(id);
      if (attempt.phase == core::Phase::done && secrets != sealed.end() && !secrets->second.pin.empty() &&
          !letter_of(id) &&
          (cards.at(attempt.card).state == core::CardState::unassigned ||
           cards.at(attempt.card).state == core::CardState::assigned))
        owed.push_back(id);
    }
    return owed;
  }
  std::vector<core::PrinterAccount> printers() override {
    std::vector<core::PrinterAccount> found;
    for (const auto& [serial, account] : accounts) found.push_back(account);
    return found;
  }
  std::optional<api::WallTime> newest_time() override { return clock_mark; }
  bool chip_known(std::string_view chip_serial, const core::AttemptId& except) override {
    for (const auto& [id, attempt] : attempts)
      if (id != except && attempt.phase != core::Phase::voided && attempt.chip_serial == chip_serial)
        return true;
    const auto own = attempts.find(except);
    for (const auto& [id, card] : cards)
      if (card.chip_serial == chip_serial && !chip_serial.empty() &&
          (own == attempts.end() || own->second.card != id))
        return true;
    return false;
  }
  core::CardId next_card_id() override { return {++last_card_}; }
  core::BatchId next_batch_id() override { return {++last_batch_}; }
  core::OrderId next_order_id() override { return {++last_order_}; }
  core::LetterId next_letter_id() override { return {++last_letter_}; }
  api::Uuid new_uuid() override {
    api::Uuid id{};
    id[14] = static_cast<std::uint8_t>(++last_uuid_ >> 8);
    id[15] = static_cast<std::uint8_t>(last_uuid_);
    return id;
  }

 private:
  template <class Key, class Value>
  static std::optional<Value> find(const std::map<Key, Value>& rows, const Key& key) {
    const auto found = rows.find(key);
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<core::Card> cards_where(const auto& wanted) const {
    std::vector<core::Card> found;
    for (const auto& [id, card] : cards)
      if (wanted(card)) found.push_back(card);
    return found;
  }

  void put(const core::Order& order) { orders[order.id] = order; }
  void put(const core::Holder& holder) { holders[holder.id] = holder; }
  void put(const core::Photo& photo) {
    if (photo.image.empty())
      photos.erase(photo.digest);
    else
      photos[photo.digest] = photo;
  }
  void put(const core::Card& card) { cards[card.id] = card; }
  void put(const core::Batch& batch) { batches[batch.id] = batch; }
  void put(const core::Attempt& attempt) {
    const auto before = attempts.find(attempt.id);
    if (before == attempts.end()) {
      made.push_back(attempt.id);
    } else if (const auto old = before->second.phase; core::is_over(old) && old != attempt.phase) {
      const bool condemned = old == core::Phase::done && attempt.phase == core::Phase::condemned;
      if (!condemned && old != core::Phase::inDoubt)
        throw std::logic_error("an attempt changed after it was over");
    }
    attempts[attempt.id] = attempt;
    unsigned good = 0;
    for (const auto& [id, other] : attempts)
      good += other.card == attempt.card && other.phase == core::Phase::done && !core::is_by_hand(other.kind);
    if (good > 1) throw std::logic_error("a second good body of one card");
  }
  void put(const core::ClockMark& mark) { clock_mark = mark.newest; }
  void put(const core::PrinterAccount& account) { accounts[account.serial] = account; }
  void put(const core::Certificate& certificate) {
    const auto before = certificate_rows.find(certificate.serial);
    if (before != certificate_rows.end() && before->second.state == core::CertificateState::revoked &&
        certificate.state != core::CertificateState::revoked)
      throw std::logic_error("a revoked certificate came back");
    certificate_rows[certificate.serial] = certificate;
  }
  void put(const core::RevocationList& list) { lists[list.number] = list; }
  void put(const core::SealedSecrets& secrets) {
    if (secrets.pin.empty() && secrets.puk.empty())
      sealed.erase(secrets.attempt);
    else
      sealed[secrets.attempt] = secrets;
  }
  void put(const core::Change& change) {
    changes.push_back(change);
    changes.back().sequence = static_cast<std::int64_t>(changes.size());
  }
  void put(const core::Letter& letter) {
    for (const auto& [id, other] : letters)
      if (id != letter.id && (other.attempt == letter.attempt || other.control == letter.control))
        throw std::logic_error("a second letter of one attempt, or with one control number");
    const auto before = letters.find(letter.id);
    if (before != letters.end() && before->second.state != letter.state &&
        std::ranges::none_of(core::letter_transitions, [&](const auto& row) {
          return row.from == before->second.state && row.to == letter.state;
        }))
      throw std::logic_error("a letter changed as its table does not say");
    letters[letter.id] = letter;
  }
  void put(const core::AuditRecord& record) { audits.push_back(record); }
  void put(const core::Remembered&) {}  // looked up by the runner alone

  std::int64_t last_card_ = 0;
  std::int64_t last_batch_ = 0;
  std::int64_t last_order_ = 0;
  std::int64_t last_letter_ = 0;
  std::uint16_t last_uuid_ = 0;
};

}  // namespace fakes
