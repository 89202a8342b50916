#include <filesystem>
#include <fstream>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/ctl/fake_station.hpp"
#include "tools/ctl/parameters.hpp"

// Photos that are sent, and pictures of cards that come back.
namespace ctl::test {
namespace {

using testing::HasSubstr;

std::string picture(const std::string& face, const std::string& plane, const std::string& bytes) {
  return R"({"pictures": [{"face": ")" + face + R"(", "plane": ")" + plane + R"(", "dpi": 300, "png": ")" +
         base64(bytes) + R"("}]})";
}

class pictures : public Ctl {
 protected:
  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  std::string content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  fakes::TemporaryFolder folder;
};

TEST_F(pictures, of_a_card_become_files_whose_names_are_told) {
  answer("PreviewCard",
         {picture("front", "card", "F"), picture("front", "k", "FK"), picture("back", "card", "B")});
  const auto [exit, out, err] = run({"preview", "C17", "--out", folder.path(), "--planes"});
  EXPECT_EQ(exit, Exit::done) << err;
  EXPECT_EQ(asked("PreviewCard"), json::parse(R"({"card": "C17", "planes": true})"));
  EXPECT_EQ(out, path("C17-front.png") + "\n" + path("C17-front-k.png") + "\n" + path("C17-back.png") + "\n");
  EXPECT_EQ(content("C17-front.png"), "F");
  EXPECT_EQ(content("C17-front-k.png"), "FK");
  EXPECT_EQ(content("C17-back.png"), "B");
}

TEST_F(pictures, with_json_are_in_the_replies_alone) {
  answer("PreviewCard", {picture("front", "card", "F")});
  const auto [exit, out, err] = run({"--json", "preview", "C17", "--out", folder.path()});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(json::parse(out), json::parse(picture("front", "card", "F")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(pictures, of_a_card_that_nothing_is_printed_on_are_none) {
  answer("PreviewCard", {R"({"pictures": []})"});
  EXPECT_EQ(run({"preview", "C17"}).out, "C17: nothing is printed on it\n");
}

TEST_F(pictures, that_cannot_be_written_are_an_error) {
  answer("PreviewCard", {picture("front", "card", "F")});
  const auto [exit, out, err] = run({"preview", "C17", "--out", path("nowhere")});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err,
              HasSubstr(path("nowhere/C17-front.png") + " cannot be written: No such file or directory"));
}

TEST_F(pictures, of_a_card_that_cannot_be_drawn_say_what_is_wrong) {
  refuse("PreviewCard", "org.cardwright.Production.CardNotDrawable",
         R"({"card": "C17", "reason": "fieldMissing", "text": "front: the field name is missing"})");
  const auto [exit, out, err] = run({"preview", "C17"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err, HasSubstr("C17 cannot be drawn (fieldMissing): front: the field name is missing"));
}

TEST_F(pictures, that_cannot_be_drawn_are_found_before_production) {
  answer("IssueCards", {R"({"cards": ["C1", "C2"], "skipped": []})"});
  refuse("PreviewCard", "org.cardwright.Production.CardNotDrawable",
         R"({"card": "C1", "reason": "textDoesNotFit", "text": "front: name is too long"})");
  const auto [exit, out, err] = run({"issue", "--all", "--check"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(out, "would be issued: C1 C2\n");
  EXPECT_THAT(err, HasSubstr("front: name is too long"));
  EXPECT_EQ(std::ranges::count(station.calls, "PreviewCard", &FakeStation::Called::method), 2);
}

TEST_F(pictures, photo_of_a_request_or_an_order_is_stored_first) {
  std::ofstream(path("ada.jpg")) << "\xff\xd8\xff";
  for (const auto* command : {"request", "order"}) {
    const std::string method = command == std::string("order") ? "OrderCards" : "RequestCards";
    answer("StorePhoto", {R"({"photo": "d1"})"});
    answer(method, {method == "OrderCards" ? R"({"order": "O1", "cards": ["C1"]})" : R"({"cards": ["C1"]})"});
    EXPECT_EQ(run({command, "-n", "1", "--field", "name=Ada", "--photo", path("ada.jpg")}).exit, Exit::done);
    EXPECT_EQ(asked("StorePhoto"), json::parse(R"({"image": "/9j/"})"));
    EXPECT_EQ(asked(method).at("fields"), json::parse(R"({"name": "Ada", "photo": "d1"})"));
  }
}

TEST_F(pictures, photo_that_is_too_large_is_not_sent) {
  std::ofstream(path("large.jpg")) << "\xff\xd8\xff";
  std::filesystem::resize_file(path("large.jpg"), 100 * 1024 * 1024);
  const auto [exit, out, err] = run({"request", "-n", "1", "--photo", path("large.jpg")});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err, HasSubstr("large.jpg is larger than the station takes: 1048576 bytes at most"));
  EXPECT_TRUE(station.calls.empty());
}

TEST(base64, is_read_back) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"})
    EXPECT_EQ(from_base64(base64(text)), text);
  EXPECT_EQ(from_base64("Zg="), std::nullopt);
  EXPECT_EQ(from_base64("Z*=="), std::nullopt);
}

}  // namespace
}  // namespace ctl::test
