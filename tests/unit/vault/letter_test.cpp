#include "daemon/vault/letter.hpp"

#include <gmock/gmock.h>

#include "tests/unit/vault/folder.hpp"

namespace vault::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

Letter letter(std::string_view puk = {}) {
  return {"7f3a-01", "Visitor card", api::Secret(api::bytes_of("482913")), api::Secret(api::bytes_of(puk))};
}

TEST(letter, is_one_file_for_its_owner_alone) {
  const Folder folder;
  const auto control = write_letter(folder.path(), letter());
  ASSERT_TRUE(control) << control.error();
  EXPECT_THAT(folder.names(), ElementsAre("7f3a-01.txt"));
  EXPECT_EQ(mode_of(folder / "7f3a-01.txt"), 0600U);
}

TEST(letter, says_product_control_number_and_pin_on_lines_of_their_own) {
  const Folder folder;
  const std::string control = write_letter(folder.path(), letter()).value();
  EXPECT_THAT(control, MatchesRegex("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"));
  const std::string text = content_of(folder / "7f3a-01.txt");
  EXPECT_THAT(text, StartsWith("Visitor card\nControl number: " + control + "\n"));
  EXPECT_THAT(text, HasSubstr("\nPIN: 482913\n"));
  EXPECT_THAT(text, Not(HasSubstr("PUK")));
  EXPECT_THAT(text, Not(HasSubstr("7f3a-01")));
}

TEST(letter, carries_the_puk_only_when_it_is_given) {
  const Folder folder;
  ASSERT_TRUE(write_letter(folder.path(), letter("90182734")));
  EXPECT_THAT(content_of(folder / "7f3a-01.txt"), HasSubstr("\nPIN: 482913\nPUK: 90182734\n"));
}

TEST(letter, takes_the_place_of_an_older_one_and_of_what_a_crash_left) {
  const Folder folder;
  put(folder / "7f3a-01.txt", "PIN: 111111\n", 0644);
  put(folder / ".7f3a-01.txt.new", "PIN: 222222\n", 0644);
  const auto first = write_letter(folder.path(), letter());
  const auto second = write_letter(folder.path(), letter());
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_THAT(folder.names(), ElementsAre("7f3a-01.txt"));
  EXPECT_EQ(mode_of(folder / "7f3a-01.txt"), 0600U);
  EXPECT_THAT(content_of(folder / "7f3a-01.txt"), HasSubstr("PIN: 482913\n"));
}

TEST(letter, has_a_title_of_any_length) {
  const Folder folder;
  Letter long_one = letter();
  long_one.product = std::string(5000, 'x');
  EXPECT_TRUE(write_letter(folder.path(), long_one));
}

TEST(letter, is_not_written_under_a_name_that_could_lead_elsewhere) {
  const Folder folder;
  for (const std::string& card : {std::string(), std::string("../x"), std::string("a/b"), std::string(".x"),
                                  std::string("a\0b", 3), std::string("a\n"), std::string(129, 'a')}) {
    Letter bad = letter();
    bad.card = card;
    EXPECT_FALSE(write_letter(folder.path(), bad));
  }
  EXPECT_THAT(folder.names(), ElementsAre());
}

TEST(letter, says_why_it_could_not_be_written) {
  const Folder folder;
  const auto written = write_letter(folder / "none", letter());
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error(), HasSubstr("none/.7f3a-01.txt.new: No such file"));
  EXPECT_THAT(written.error(), Not(HasSubstr("482913")));
}

TEST(letter, leaves_nothing_behind_when_its_place_is_taken) {
  const Folder folder;
  std::filesystem::create_directory(folder / "7f3a-01.txt");
  EXPECT_FALSE(write_letter(folder.path(), letter()));
  EXPECT_THAT(folder.names(), ElementsAre("7f3a-01.txt"));
}

}  // namespace
}  // namespace vault::test
