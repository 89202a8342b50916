// What becomes of a PIN letter: a file for a mailer station, or paper.
#include "daemon/runtime/post.hpp"

#include <sys/stat.h>

#include <fstream>

#include "tests/fakes/plain_letter.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/runtime/station.hpp"

namespace runtime::test {
namespace {

using api::Certainty;
using api::Reason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::string_view pin = "482913", puk = "90182734";

api::Secret secret(std::string_view text) {
  return api::Secret(api::bytes_of(text));
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path) << text;
}

class PaperPrinter final : public api::DocumentPrinter {
 public:
  api::Result<> print(api::BytesView document, std::string_view name, api::Deadline deadline) override {
    printed.emplace_back(name, std::string(document.begin(), document.end()));
    until = deadline;
    return answer;
  }
  std::vector<std::pair<std::string, std::string>> printed;
  api::Deadline until{};
  api::Result<> answer;
};

struct post : testing::Test {
  post() {
    job.step = Step::letter;
    job.attempt.id.back() = 1;
    job.card.id = CardId{1};
    job.card.number = "T00000018";
    job.card.fields = {{"name", "Ada Lovelace"}, {"number", "T00000018"}};
    job.holder.name = "Ada Lovelace";
    job.product.title = "Visitor card";
    job.letter.control = "7Q2K-M0ZD-4XAP";
    job.sealed.pin = vault.seal(secret(pin), job.attempt.id, vault::Purpose::pin);
    job.sealed.puk = vault.seal(secret(puk), job.attempt.id, vault::Purpose::puk);
  }
  api::Result<Brought> perform() { return perform({folder.path(), "Example"}); }
  api::Result<Brought> perform(PostSettings settings) {
    return Post(draw, vault, clock, std::move(settings)).perform(job);
  }
  api::Result<Brought> print() { return perform({folder.path(), "Example", &printer}); }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      found.push_back(entry.path().filename());
    return found;
  }
  std::string letter() const { return content_of(folder / "C1.pdf"); }

  fakes::TemporaryFolder folder;
  vault::Vault vault{secret(std::string(32, 'k'))};
  StoppedClock clock;
  PaperPrinter printer;
  Post::Draw draw = fakes::plain_letter;
  Job job;
};

TEST_F(post, writes_one_file_for_its_owner_alone) {
  ASSERT_TRUE(perform());
  EXPECT_THAT(names(), ElementsAre("C1.pdf"));
  struct stat status {};
  ASSERT_EQ(::stat((folder / "C1.pdf").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_THAT(letter(), HasSubstr("PIN: " + std::string(pin) + "\n"));
}

TEST_F(post, never_tells_the_letter_whose_it_is) {
  Post::Fields told;
  draw = [&](const Post::Fields& fields, const auto& a, const auto& b, auto deadline) {
    told = fields;
    return fakes::plain_letter(fields, a, b, deadline);
  };
  ASSERT_TRUE(perform());
  EXPECT_THAT(told, UnorderedElementsAre(Pair("product", "Visitor card"), Pair("organisation", "Example"),
                                         Pair("control", "7Q2K-M0ZD-4XAP"), Pair("issueDate", "2023-11-14")));
}

TEST_F(post, shows_the_puk_where_the_product_says_so_and_nowhere_else) {
  ASSERT_TRUE(perform());
  EXPECT_THAT(letter(), Not(HasSubstr(std::string(puk))));
  job.product.puk_on_letter = true;
  ASSERT_TRUE(perform());
  EXPECT_THAT(letter(), HasSubstr("PUK: " + std::string(puk) + "\n"));
}

TEST_F(post, leaves_the_puk_to_be_kept_and_no_pin) {
  const auto brought = perform();
  ASSERT_TRUE(brought);
  const auto& left = std::get<Sealed>(*brought);
  EXPECT_THAT(left.pin, IsEmpty());
  EXPECT_EQ(left.puk, job.sealed.puk);
}

TEST_F(post, replaces_an_older_letter_and_what_a_crash_left) {
  put(folder / "C1.pdf", "PIN: 111111\n");
  put(folder / ".C1.pdf.new", "PIN: 222222\n");
  ASSERT_TRUE(perform());
  EXPECT_THAT(names(), ElementsAre("C1.pdf"));
  EXPECT_THAT(letter(), Not(HasSubstr("111111")));
}

TEST_F(post, says_why_a_letter_could_not_be_written) {
  const auto written = perform({folder / "none", "Example"});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::fileNotWritten);
  EXPECT_EQ(written.error().certainty, Certainty::notDone);
  EXPECT_THAT(written.error().detail, HasSubstr("none/.C1.pdf.new: No such file"));
  EXPECT_THAT(written.error().detail, Not(HasSubstr(std::string(pin))));
}

TEST_F(post, leaves_nothing_behind_when_the_place_of_the_letter_is_taken) {
  std::filesystem::create_directory(folder / "C1.pdf");
  EXPECT_FALSE(perform());
  EXPECT_THAT(names(), ElementsAre("C1.pdf"));
}

TEST_F(post, draws_nothing_when_the_vault_does_not_open_its_pin) {
  draw = [](const auto&, const auto&, const auto&, auto) -> api::Result<api::Secret> {
    ADD_FAILURE() << "without a PIN there is nothing to draw";
    return api::fail(Reason::layoutInvalid);
  };
  job.attempt.id.back() = 2;
  const auto refused = print();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::vaultRefused);
  EXPECT_EQ(refused.error().certainty, Certainty::notDone);
  EXPECT_THAT(printer.printed, IsEmpty());
}

TEST_F(post, sends_nothing_that_could_not_be_drawn) {
  draw = [](const auto&, const auto&, const auto&, auto) -> api::Result<api::Secret> {
    return api::fail(Reason::layoutInvalid, "line 7: no place for the PIN");
  };
  const auto refused = print();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::layoutInvalid);
  EXPECT_THAT(printer.printed, IsEmpty());
  ASSERT_FALSE(perform());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(post, prints_under_the_control_number_and_writes_no_file) {
  ASSERT_TRUE(print());
  EXPECT_THAT(printer.printed,
              ElementsAre(Pair("7Q2K-M0ZD-4XAP", HasSubstr("PIN: " + std::string(pin) + "\n"))));
  EXPECT_EQ(printer.until, clock.steady() + row_of(Step::letter).limit);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(post, reports_what_the_printer_says) {
  for (const auto& failure :
       {api::fail(Reason::paperOut, "tray 1"), api::fail_unknown(Reason::linkLost, "after the last byte")}) {
    printer.answer = failure;
    const auto printed = print();
    ASSERT_FALSE(printed);
    EXPECT_EQ(printed.error().reason, failure.value().reason);
    EXPECT_EQ(printed.error().certainty, failure.value().certainty);
  }
}

}  // namespace
}  // namespace runtime::test
