#include <set>

#include "daemon/service/calls.hpp"
#include "daemon/service/custody.hpp"
#include "daemon/service/errors.hpp"
#include "daemon/service/statistics.hpp"
#include "embedded/ipc.hpp"
#include "ipc/binder.hpp"

// The structs and tables of the service against the interface files.
namespace service {
namespace {

using testing::IsEmpty;

const ipc::Interface& interface_of(const std::string& name) {
  static std::map<std::string, ipc::Interface> parsed;
  if (!parsed.contains(name))
    parsed.emplace(name, ipc::parse_interface(embedded::ipc(name + ".varlink")).value());
  return parsed.at(name);
}

class Methods : public testing::Test {
 protected:
  template <class Call, class Reply>
  void expect(const std::string& method) {
    const auto* type = interface_->find_method(method);
    ASSERT_NE(type, nullptr) << method;
    EXPECT_THAT(ipc::compare<Call>(type->input, *interface_), IsEmpty()) << method;
    EXPECT_THAT(ipc::compare<Reply>(type->output, *interface_), IsEmpty()) << method;
    seen_.insert(method);
  }
  void TearDown() override { EXPECT_EQ(seen_.size(), interface_->methods.size()); }

  const ipc::Interface* interface_ = nullptr;
  std::set<std::string> seen_;
};

using namespace wire;

TEST_F(Methods, of_production_are_bound_to_structs_that_agree_with_the_interface) {
  interface_ = &interface_of("org.cardwright.Production");
  expect<Nothing, ListProductsReply>("ListProducts");
  expect<PutHolderCall, PutHolderReply>("PutHolder");
  expect<GetHolderCall, GetHolderReply>("GetHolder");
  expect<StorePhotoCall, StorePhotoReply>("StorePhoto");
  expect<RequestCardsCall, CardIdsReply>("RequestCards");
  expect<OrderCardsCall, OrderCardsReply>("OrderCards");
  expect<ListOrdersCall, ListOrdersReply>("ListOrders");
  expect<GetOrderCall, GetOrderReply>("GetOrder");
  expect<OrderCall, OrderReply>("HoldOrder");
  expect<OrderCall, OrderReply>("ReleaseOrder");
  expect<AbortCardsCall, CardIdsReply>("AbortCards");
  expect<ImportManifestCall, ImportManifestReply>("ImportManifest");
  expect<ImportBatchCall, CardIdsReply>("ImportBatch");
  expect<ListCardsCall, ListCardsReply>("ListCards");
  expect<GetCardCall, GetCardReply>("GetCard");
  expect<PreviewCardCall, PreviewCardReply>("PreviewCard");
  expect<IssueCardsCall, ProductionReply>("IssueCards");
  expect<ListBatchesCall, ListBatchesReply>("ListBatches");
  expect<GetBatchCall, GetBatchReply>("GetBatch");
  expect<BatchCall, BatchReply>("CompleteBatch");
  expect<RepeatProductionCall, RepeatProductionReply>("RepeatProduction");
  expect<GiveUpCardsCall, CardIdsReply>("GiveUpCards");
  expect<BatchCall, BatchReply>("CancelBatch");
  expect<InitializeCardCall, InitializeCardReply>("InitializeCard");
  expect<AssignCardCall, AssignmentReply>("AssignCard");
  expect<ExtendCardCall, AssignmentReply>("ExtendCard");
  expect<WithdrawCardCall, WithdrawCardReply>("WithdrawCard");
  expect<LockCardCall, LockCardReply>("LockCard");
  expect<WatchCall, WatchReply>("Watch");
}

TEST_F(Methods, of_maintenance_are_bound_to_structs_that_agree_with_the_interface) {
  interface_ = &interface_of("org.cardwright.Maintenance");
  expect<Nothing, GetStationReply>("GetStation");
  expect<GetStatisticsCall, GetStatisticsReply>("GetStatistics");
  expect<Nothing, Nothing>("Pause");
  expect<Nothing, Nothing>("Resume");
  expect<ListDoubtsCall, ListDoubtsReply>("ListDoubts");
  expect<ResolveDoubtCall, ResolveDoubtReply>("ResolveDoubt");
}

TEST_F(Methods, of_custody_are_bound_to_structs_that_agree_with_the_interface) {
  interface_ = &interface_of("org.cardwright.Custody");
  expect<ListLettersCall, ListLettersReply>("ListLetters");
  expect<ReleaseLettersCall, ReleaseLettersReply>("ReleaseLetters");
  expect<ResolveLetterCall, ResolveLetterReply>("ResolveLetter");
}

TEST(errors, have_exactly_the_parameters_that_the_interface_declares) {
  const auto& interface = interface_of("org.cardwright.Production");
  for (const auto& refused : core::refused_rows) {
    const auto* declared = interface.find_error(refused.name);
    ASSERT_NE(declared, nullptr) << refused.name;
    std::set<std::string> names, given;
    for (const auto& field : declared->type.fields) names.insert(field.name);
    for (const auto& row : error_parameters)
      if (row.error == refused.value) given.emplace(row.name);
    EXPECT_EQ(given, names) << refused.name;
  }
}

TEST(interfaces, document_every_method_and_every_error_but_the_obvious) {
  for (const auto* name :
       {"org.cardwright.Production", "org.cardwright.Maintenance", "org.cardwright.Custody"})
    for (const auto& method : interface_of(name).methods) EXPECT_NE(method.documentation, "") << method.name;
}

TEST(times, are_rfc_3339_in_utc) {
  using namespace std::chrono;
  EXPECT_EQ(time_text(api::WallTime{milliseconds{0}}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(sys_days{2026y / 11 / 20} + 13h + 5min + 9s + 7ms), "2026-11-20T13:05:09.007Z");
}

}  // namespace
}  // namespace service
