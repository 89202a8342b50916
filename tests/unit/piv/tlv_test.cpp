#include "drivers/piv/tlv.hpp"

#include "tests/unit/piv/support.hpp"

using namespace piv_test;

TEST(tlv, parses_tags_of_one_to_three_bytes_and_every_length_form) {
  api::Bytes bytes =
      hex("53025fc1"
          "7f49810101"
          "5fc1020007"
          "00");
  bytes.resize(bytes.size() - 2);
  const auto objects = piv::parse_tlv(bytes);
  ASSERT_TRUE(objects);
  ASSERT_EQ(objects->size(), 3u);
  EXPECT_EQ((*objects)[0].tag, 0x53u);
  EXPECT_EQ(api::to_hex((*objects)[0].value), "5fc1");
  EXPECT_EQ((*objects)[1].tag, 0x7F49u);
  EXPECT_EQ(api::to_hex((*objects)[1].value), "01");
  EXPECT_EQ((*objects)[2].tag, 0x5FC102u);
  EXPECT_TRUE((*objects)[2].value.empty());
  EXPECT_TRUE(piv::parse_tlv({})->empty());
}

TEST(tlv, writes_the_shortest_length_and_reads_it_back) {
  for (const std::size_t size : {0, 1, 127, 128, 255, 256, 65535}) {
    const api::Bytes value(size, 0xAB);
    const api::Bytes written = piv::make_tlv(0x5FC102, value);
    EXPECT_EQ(written.size(), 3 + size + (size < 128 ? 1 : size < 256 ? 2 : 3));
    const auto read = piv::parse_only(written, 0x5FC102);
    ASSERT_TRUE(read);
    EXPECT_TRUE(std::equal(read->begin(), read->end(), value.begin(), value.end()));
  }
}

TEST(tlv, refuses_everything_that_is_not_well_formed) {
  for (const char* hostile : {
           "53",            // no length
           "5301",          // value missing
           "530200",        // value cut short
           "5380",          // indefinite length
           "538000",        // indefinite length, end of contents
           "5381",          // length cut short
           "538200",        // length cut short
           "53830000010a",  // length of three bytes
           "5384ffffffff",  // 4 GiB
           "53ff",          // reserved length
           "82ffff00",      // far longer than what is there
           "5f",            // tag cut short
           "5fc1",          // tag cut short
           "5fc18201",      // tag of four bytes
           "7fffffff0100",  // tag without end
           "0000",          // filler
           "ff0100",        // filler
           "530100"
           "5302",  // good, then bad
           "9f7f"   // tag only
       })
    EXPECT_FALSE(piv::parse_tlv(hex(hostile))) << hostile;
}

TEST(tlv, takes_one_object_only_where_one_is_meant) {
  EXPECT_TRUE(piv::parse_only(hex("530100"), 0x53));
  EXPECT_FALSE(piv::parse_only(hex("530100"), 0x7C));
  EXPECT_FALSE(piv::parse_only(hex("530100530100"), 0x53));
  EXPECT_FALSE(piv::parse_only({}, 0x53));
  const api::Bytes twice = hex("810101820102810103");
  const auto objects = piv::parse_tlv(twice);
  ASSERT_TRUE(objects);
  EXPECT_TRUE(piv::find_only(*objects, 0x82));
  EXPECT_FALSE(piv::find_only(*objects, 0x81));  // which one would it be?
  EXPECT_FALSE(piv::find_only(*objects, 0x83));
}
