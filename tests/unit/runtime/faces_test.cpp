#include "daemon/runtime/faces.hpp"

#include <fstream>
#include <future>

#include "daemon/runtime/background.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/runtime/station.hpp"

// What the faces of a card are drawn from.
namespace runtime {
namespace {

using testing::IsEmpty;

Job job_of(store::Portrait portrait) {
  Job job;
  job.card.id = {17};
  job.card.number = "T17";
  job.card.fields = {{"name", ""}, {"room", "3"}, {"photo", "d1"}, {"checkCode", "forged"}};
  job.product.title = "Badge";
  job.product.pool_days = 10;
  job.attempt.check_code = "ABC234";
  job.attempt.started = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + std::chrono::hours(23);
  job.portrait = std::move(portrait);
  return job;
}

TEST(face_fields, are_those_of_the_card_of_its_portrait_and_of_the_station) {
  const auto fields = face_fields(job_of({"Ada", {0xff, 0xd8, 0xff}}), "Example");
  const std::map<std::string, std::string> expected{{"name", "Ada"},
                                                    {"room", "3"},
                                                    {"photo", "data:image/jpeg;base64,/9j/"},
                                                    {"number", "T17"},
                                                    {"product", "Badge"},
                                                    {"organisation", "Example"},
                                                    {"checkCode", "ABC234"},
                                                    {"issueDate", "2026-11-20"},
                                                    {"expiryDate", "2026-11-30"}};
  EXPECT_EQ(fields, expected);
}

TEST(face_fields, have_no_photo_that_is_erased_by_now) {
  const auto fields = face_fields(job_of({"Ada", {}}), "Example");
  EXPECT_FALSE(fields.contains("photo")) << "its digest is no picture";
}

TEST(face_fields, say_which_kind_of_picture_a_photo_is) {
  const auto fields = face_fields(job_of({{}, {0x89, 'P', 'N', 'G'}}), "Example");
  EXPECT_EQ(fields.at("photo"), "data:image/png;base64,iVBORw==");
}

TEST(faces, are_wanted_as_layouts_and_product_say) {
  fakes::TemporaryFolder folder;
  std::ofstream(folder / "front.svg") << "<svg/>";
  auto job = job_of({});
  job.product.layout_front = folder / "front.svg";
  job.product.chip = false;
  job.product.tracks[1] = "{number}";
  const auto wanted = faces_wanted(job, "Example", image_unseen);
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->front, "<svg/>");
  EXPECT_EQ(wanted->back, "");
  EXPECT_FALSE(wanted->chip);
  EXPECT_TRUE(wanted->stripe);
  EXPECT_EQ(wanted->image, image_unseen);
  job.product.layout_back = folder / "gone.svg";
  EXPECT_EQ(faces_wanted(job, "Example", image_unseen).error().reason, api::Reason::layoutInvalid);
}

TEST(faces, of_an_order_are_drawn_with_its_holder) {
  auto rules = test::rules();
  rules.use_cases.order = rules.use_cases.assign = true;
  rules.production_types["standard"] = {"standard", "printed", core::Producer::station, false, {}};
  rules.default_production_type = "standard";
  test::Station station(rules);
  station.start();
  station.done(core::StorePhoto{{"d1", {1, 2}, {}}});
  station.done(core::PutHolder{{"ada", core::HolderState::active, "Ada", {}, {}, "d1", {}}});
  core::OrderCards order;
  order.amount = 1;
  order.holder = "ada";
  station.done(order);
  const auto job = station.until(core::Step::render);
  EXPECT_EQ(job.portrait.name, "Ada");
  EXPECT_EQ(job.portrait.photo, (api::Bytes{1, 2}));
  EXPECT_EQ(job.holder.id, "") << "whom the card is for is said when it is assigned";
}

TEST(background, does_one_thing_after_the_other_and_says_whether_it_is_busy) {
  Background background;
  std::promise<void> begun, go, ended;
  std::vector<int> done;
  background.start([&] {
    begun.set_value();
    go.get_future().wait();
    done.push_back(1);
  });
  background.start([&] {
    done.push_back(2);
    ended.set_value();
  });
  begun.get_future().wait();
  EXPECT_TRUE(background.busy());
  EXPECT_THAT(done, IsEmpty());
  go.set_value();
  ended.get_future().wait();
  EXPECT_THAT(done, testing::ElementsAre(1, 2));
}

TEST(background, that_is_destroyed_waits_for_nothing_and_drops_what_had_not_begun) {
  std::promise<void> begun, ended;
  auto go = std::make_shared<std::promise<void>>();
  auto dropped = std::make_shared<int>(0);
  {
    Background background;
    background.start([&begun, &ended, go] {
      begun.set_value();
      go->get_future().wait();
      ended.set_value();
    });
    background.start([dropped] { ++*dropped; });
    begun.get_future().wait();
  }
  go->set_value();
  ended.get_future().wait();
  while (dropped.use_count() > 1) std::this_thread::yield();  // until the thread has let go of everything
  EXPECT_EQ(*dropped, 0);
}

}  // namespace
}  // namespace runtime
