#pragma once
#include "daemon/service/wire.hpp"

// Parameters (…Call) and replies (…Reply) of the methods, as wire.hpp says.
namespace service::wire {

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

struct ListProductsReply {
  std::vector<Product> products;
  std::vector<ProductionType> productionTypes;
};
BOOST_DESCRIBE_STRUCT(ListProductsReply, (), (products, productionTypes))

struct PutHolderCall {
  Holder holder;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(PutHolderCall, (), (holder, idempotencyKey))

struct PutHolderReply {
  std::string holder;
};
BOOST_DESCRIBE_STRUCT(PutHolderReply, (), (holder))

struct GetHolderCall {
  std::string holder;
};
BOOST_DESCRIBE_STRUCT(GetHolderCall, (), (holder))

struct GetHolderReply {
  Holder holder;
  Strings cards;
};
BOOST_DESCRIBE_STRUCT(GetHolderReply, (), (holder, cards))

struct StorePhotoCall {
  std::string image;
};
BOOST_DESCRIBE_STRUCT(StorePhotoCall, (), (image))

struct StorePhotoReply {
  std::string photo;
};
BOOST_DESCRIBE_STRUCT(StorePhotoReply, (), (photo))

struct RequestCardsCall {
  std::int64_t amount = 0;
  Optional<std::string> product;
  Optional<Options> options;
  Optional<Fields> fields;
  Optional<std::string> note, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(RequestCardsCall, (), (amount, product, options, fields, note, idempotencyKey))

struct OrderCardsCall {
  std::int64_t amount = 0;
  Optional<std::string> productionType;
  Optional<bool> queue;
  Optional<std::string> holder;
  Optional<std::int64_t> priority;
  Optional<Options> options;
  Optional<Fields> fields;
  Optional<std::string> note, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(OrderCardsCall, (),
                      (amount, productionType, queue, holder, priority, options, fields, note,
                       idempotencyKey))

struct OrderCardsReply {
  std::string order;
  Strings cards;
};
BOOST_DESCRIBE_STRUCT(OrderCardsReply, (), (order, cards))

struct ListOrdersCall {
  Optional<core::OrderState> state;
  Optional<bool> held;
  Optional<std::string> after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListOrdersCall, (), (state, held, after, limit))

struct ListOrdersReply {
  std::vector<Order> orders;
};
BOOST_DESCRIBE_STRUCT(ListOrdersReply, (), (orders))

struct GetOrderCall {
  std::string order;
};
BOOST_DESCRIBE_STRUCT(GetOrderCall, (), (order))

struct GetOrderReply {
  Order order;
};
BOOST_DESCRIBE_STRUCT(GetOrderReply, (), (order))

// Of HoldOrder and ReleaseOrder.
struct OrderCall {
  std::string order;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(OrderCall, (), (order, idempotencyKey))

struct OrderReply {
  std::string order;
};
BOOST_DESCRIBE_STRUCT(OrderReply, (), (order))

struct AbortCardsCall {
  Optional<Strings> cards;
  Optional<std::string> order, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(AbortCardsCall, (), (cards, order, idempotencyKey))

struct ImportManifestCall {
  std::string order, manifest;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ImportManifestCall, (), (order, manifest, idempotencyKey))

struct ImportManifestReply {
  Strings produced, failed;
};
BOOST_DESCRIBE_STRUCT(ImportManifestReply, (), (produced, failed))

struct ImportBatchCall {
  std::string table;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ImportBatchCall, (), (table, idempotencyKey))

// Of every method that says only which cards.
struct CardIdsReply {
  Strings cards;
};
BOOST_DESCRIBE_STRUCT(CardIdsReply, (), (cards))

struct ListCardsCall {
  Optional<core::CardState> state;
  Optional<std::string> batch, order, holder;
  Optional<bool> attempts;
  Optional<std::string> after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListCardsCall, (), (state, batch, order, holder, attempts, after, limit))

struct ListCardsReply {
  std::vector<Card> cards;
};
BOOST_DESCRIBE_STRUCT(ListCardsReply, (), (cards))

struct GetCardCall {
  std::string card;
};
BOOST_DESCRIBE_STRUCT(GetCardCall, (), (card))

struct GetCardReply {
  Card card;
};
BOOST_DESCRIBE_STRUCT(GetCardReply, (), (card))

struct PreviewCardCall {
  std::string card;
  Optional<Face> face;
  Optional<bool> planes;
};
BOOST_DESCRIBE_STRUCT(PreviewCardCall, (), (card, face, planes))

struct PreviewCardReply {
  std::vector<Picture> pictures;
};
BOOST_DESCRIBE_STRUCT(PreviewCardReply, (), (pictures))

struct IssueCardsCall {
  Optional<Strings> cards;
  Optional<bool> all;
  Optional<Options> options;
  Optional<bool> checkOnly;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(IssueCardsCall, (), (cards, all, options, checkOnly, idempotencyKey))

struct ProductionReply {
  Optional<std::string> batch;
  Strings cards;
  std::vector<Skipped> skipped;
  Optional<Change> change;
  Optional<core::BatchState> state;
};
BOOST_DESCRIBE_STRUCT(ProductionReply, (), (batch, cards, skipped, change, state))

struct ListBatchesCall {
  Optional<std::string> after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListBatchesCall, (), (after, limit))

struct ListBatchesReply {
  std::vector<Batch> batches;
};
BOOST_DESCRIBE_STRUCT(ListBatchesReply, (), (batches))

struct GetBatchCall {
  std::string batch;
};
BOOST_DESCRIBE_STRUCT(GetBatchCall, (), (batch))

struct GetBatchReply {
  Batch batch;
};
BOOST_DESCRIBE_STRUCT(GetBatchReply, (), (batch))

// Of CompleteBatch and CancelBatch.
struct BatchCall {
  std::string batch;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(BatchCall, (), (batch, idempotencyKey))

struct BatchReply {
  std::string batch;
  Strings cards;
};
BOOST_DESCRIBE_STRUCT(BatchReply, (), (batch, cards))

struct RepeatProductionCall {
  Optional<std::string> batch, order;
  Optional<Strings> cards;
  std::string reason;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(RepeatProductionCall, (), (batch, order, cards, reason, idempotencyKey))

struct RepeatProductionReply : ProductionReply {
  Optional<std::string> order;
};
BOOST_DESCRIBE_STRUCT(RepeatProductionReply, (ProductionReply), (order))

struct GiveUpCardsCall {
  Strings cards;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(GiveUpCardsCall, (), (cards, idempotencyKey))

struct InitializeCardCall {
  std::string card;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(InitializeCardCall, (), (card, idempotencyKey))

struct InitializeCardReply {
  std::string card;
  Optional<core::CardState> state;
  Optional<std::string> attempt, reason, text;
  Optional<Change> change;
};
BOOST_DESCRIBE_STRUCT(InitializeCardReply, (), (card, state, attempt, reason, text, change))

struct AssignCardCall {
  std::string card, holder;
  Optional<std::int64_t> days;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(AssignCardCall, (), (card, holder, days, idempotencyKey))

struct ExtendCardCall {
  std::string card;
  Optional<std::int64_t> days;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ExtendCardCall, (), (card, days, idempotencyKey))

// Of AssignCard and ExtendCard.
struct AssignmentReply : InitializeCardReply {
  Optional<std::string> validUntil;
};
BOOST_DESCRIBE_STRUCT(AssignmentReply, (InitializeCardReply), (validUntil))

struct WithdrawCardCall {
  std::string card;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(WithdrawCardCall, (), (card, idempotencyKey))

struct WithdrawCardReply {
  std::string card;
};
BOOST_DESCRIBE_STRUCT(WithdrawCardReply, (), (card))

struct LockCardCall {
  std::string card;
  Optional<std::string> reason;
  Optional<bool> replace;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(LockCardCall, (), (card, reason, replace, idempotencyKey))

struct LockCardReply {
  std::string card;
  Optional<std::string> replacement;
};
BOOST_DESCRIBE_STRUCT(LockCardReply, (), (card, replacement))

struct WatchCall {
  Optional<std::int64_t> after;
};
BOOST_DESCRIBE_STRUCT(WatchCall, (), (after))

// What Production tells of a line.
struct WatchedLine {
  std::string name, state;
  Optional<std::string> reason, text, attempt, card;
};
BOOST_DESCRIBE_STRUCT(WatchedLine, (), (name, state, reason, text, attempt, card))

struct WatchReply {
  std::int64_t sequence = 0;
  Optional<std::vector<WatchedLine>> lines;
  Optional<std::vector<Batch>> batches;
  Optional<bool> moreBatches;
  Optional<Change> change;
};
BOOST_DESCRIBE_STRUCT(WatchReply, (), (sequence, lines, batches, moreBatches, change))

struct GetStationReply {
  std::string name, version, started;
  std::vector<Line> lines;
  std::int64_t waiting = 0, doubts = 0;
  std::vector<std::string> attention;
};
BOOST_DESCRIBE_STRUCT(GetStationReply, (), (name, version, started, lines, waiting, doubts, attention))

struct ListDoubtsCall {
  Optional<std::string> after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListDoubtsCall, (), (after, limit))

struct ListDoubtsReply {
  std::vector<Doubt> doubts;
  bool more = false;
};
BOOST_DESCRIBE_STRUCT(ListDoubtsReply, (), (doubts, more))

struct ResolveDoubtCall {
  std::string card;
  Verdict verdict{};
  Optional<std::string> note, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ResolveDoubtCall, (), (card, verdict, note, idempotencyKey))

struct ResolveDoubtReply {
  std::string card;
  Optional<std::string> batch;
};
BOOST_DESCRIBE_STRUCT(ResolveDoubtReply, (), (card, batch))

}  // namespace service::wire
