#pragma once
#include <functional>

#include "daemon/core/production.hpp"
#include "daemon/store/store.hpp"

namespace runtime {

// What decisions look up, answered from the journal; UUIDs come from `new_uuid`.
class StoreRecords final : public core::Records {
 public:
  StoreRecords(store::Store& store, const std::function<api::Uuid()>& new_uuid)
      : store_(store), new_uuid_(new_uuid) {}

  std::optional<core::Card> card(core::CardId id) override { return store_.card(id); }
  std::optional<core::Batch> batch(core::BatchId id) override { return store_.batch(id); }
  std::vector<core::Card> requested(std::size_t limit) override {
    return store_.cards({core::CardState::requested, {}}, {}, limit);
  }
  std::optional<core::Order> order(core::OrderId id) override { return store_.order(id); }
  std::optional<core::Holder> holder(std::string_view id) override { return store_.holder(id); }
  bool photo_known(std::string_view digest) override { return store_.photo(digest).has_value(); }
  std::vector<core::Card> assigned_to(std::string_view holder) override { return store_.assigned_to(holder); }
  std::vector<core::Card> expiring(api::WallTime now, std::size_t limit) override {
    return store_.expiring(now, limit);
  }
  std::vector<core::Card> to_erase(api::WallTime before, std::size_t limit) override {
    return store_.to_erase(before, limit);
  }
  std::vector<core::Order> orders_to_erase(api::WallTime before, std::size_t limit) override {
    return store_.orders_to_erase(before, limit);
  }
  std::vector<std::string> photos_to_erase(api::WallTime before, std::size_t limit) override {
    return store_.photos_to_erase(before, limit);
  }
  std::optional<core::Attempt> attempt(const core::AttemptId& id) override { return store_.attempt(id); }
  std::vector<core::Attempt> attempts_of(core::CardId card) override { return store_.attempts(card); }
  std::optional<core::SealedSecrets> sealed_secrets(const core::AttemptId& attempt) override {
    return store_.sealed(attempt);
  }
  std::vector<core::Certificate> certificates(const core::AttemptId& attempt) override {
    return store_.certificates(attempt);
  }
  std::vector<core::Certificate> unlisted(std::int64_t list) override { return store_.unlisted(list); }
  core::RevocationList newest_list() override { return store_.newest_list(); }
  core::RevocationList written_list() override { return store_.written_list(); }
  std::optional<core::Letter> letter(core::LetterId id) override { return store_.letter(id); }
  std::optional<core::Letter> letter_of(const core::AttemptId& attempt) override {
    return store_.letter_of(attempt);
  }
  std::vector<core::Letter> letters_of(core::CardId card) override { return store_.letters_of(card); }
  std::vector<core::Letter> open_letters() override { return store_.open_letters(); }
  std::vector<core::AttemptId> letters_owed() override { return store_.letters_owed(); }
  std::vector<core::PrinterAccount> printers() override { return store_.printers(); }
  std::optional<api::WallTime> newest_time() override { return store_.newest_time(); }
  bool chip_known(std::string_view chip_serial, const core::AttemptId& except) override {
    return store_.chip_known(chip_serial, except);
  }
  core::CardId next_card_id() override { return store_.next_card_id(); }
  core::BatchId next_batch_id() override { return store_.next_batch_id(); }
  core::OrderId next_order_id() override { return store_.next_order_id(); }
  core::LetterId next_letter_id() override { return store_.next_letter_id(); }
  api::Uuid new_uuid() override { return new_uuid_(); }

 private:
  store::Store& store_;
  const std::function<api::Uuid()>& new_uuid_;
};

// A random UUID (RFC 4122, version 4) from OpenSSL's randomness.
api::Uuid random_uuid();

}  // namespace runtime
