#include "drivers/pcsc/pcsc.hpp"

#include <regex>

#include "drivers/pcsc/codes.hpp"

using api::Certainty;
using api::Reason;

TEST(pcsc_code, stands_once_in_its_table) {
  for (std::size_t i = 0; i < pcsc::code_rows.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(pcsc::code_rows[i].code, pcsc::code_rows[j].code);
}

TEST(pcsc_code, says_what_is_gone) {
  EXPECT_EQ(pcsc::row_of(SCARD_E_NO_SERVICE).reason, Reason::smartCardServiceGone);
  EXPECT_EQ(pcsc::row_of(SCARD_F_COMM_ERROR).reason, Reason::smartCardServiceGone);
  EXPECT_EQ(pcsc::row_of(SCARD_W_SECURITY_VIOLATION).reason, Reason::smartCardServiceGone);
  EXPECT_EQ(pcsc::row_of(SCARD_E_INVALID_HANDLE).reason, Reason::smartCardServiceGone);
  EXPECT_EQ(pcsc::row_of(SCARD_E_READER_UNAVAILABLE).reason, Reason::readerGone);
  EXPECT_EQ(pcsc::row_of(SCARD_E_NO_READERS_AVAILABLE).reason, Reason::readerGone);
  EXPECT_EQ(pcsc::row_of(SCARD_E_SHARING_VIOLATION).reason, Reason::readerBusy);
  EXPECT_EQ(pcsc::row_of(SCARD_W_REMOVED_CARD).reason, Reason::chipLost);
  EXPECT_EQ(pcsc::row_of(SCARD_W_RESET_CARD).reason, Reason::chipLost);
  EXPECT_EQ(pcsc::row_of(SCARD_W_UNRESPONSIVE_CARD).reason, Reason::chipMute);
  EXPECT_EQ(pcsc::row_of(SCARD_E_NOT_TRANSACTED).reason, Reason::chipCommunication);
}

TEST(pcsc_code, leaves_an_exchange_unknown_unless_nothing_was_sent) {
  EXPECT_EQ(pcsc::row_of(SCARD_E_NOT_TRANSACTED).certainty, Certainty::unknown);
  EXPECT_EQ(pcsc::row_of(SCARD_W_REMOVED_CARD).certainty, Certainty::unknown);
  EXPECT_EQ(pcsc::row_of(SCARD_E_NO_SERVICE).certainty, Certainty::unknown);
  EXPECT_EQ(pcsc::row_of(SCARD_E_SHARING_VIOLATION).certainty, Certainty::notDone);
  EXPECT_EQ(pcsc::row_of(SCARD_F_UNKNOWN_ERROR).certainty, Certainty::unknown);
  EXPECT_EQ(pcsc::row_of(SCARD_F_UNKNOWN_ERROR).reason, Reason::chipCommunication);
}

TEST(pcsc_encoder, is_made_where_no_service_runs_and_says_so) {
  ::setenv("PCSCLITE_CSOCK_NAME", "/does/not/exist", 1);
  const auto encoder = pcsc::make_encoder("Reader [0-9]+");
  EXPECT_EQ(encoder->name(), "Reader [0-9]+");
  EXPECT_EQ(encoder->slot(), api::Slot::absent);
  const auto deadline = api::SteadyTime::clock::now() + std::chrono::minutes(1);
  EXPECT_EQ(encoder->connect(deadline).error().reason, Reason::smartCardServiceGone);
  EXPECT_EQ(encoder->connect(deadline).error().certainty, Certainty::notDone);
  EXPECT_EQ(encoder->await_empty(deadline).error().reason, Reason::smartCardServiceGone);
}

TEST(pcsc_encoder, refuses_a_pattern_that_is_none) {
  EXPECT_THROW(pcsc::make_encoder("Reader ["), std::regex_error);
}
