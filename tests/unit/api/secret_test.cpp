#include "drivers/api/secret.hpp"

#include <sstream>
#include <type_traits>

using api::Bytes;
using api::Secret;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(secret, is_neither_copied_nor_printed_nor_compared_by_accident) {
  EXPECT_FALSE(std::is_copy_constructible_v<Secret>);
  EXPECT_FALSE(std::is_copy_assignable_v<Secret>);
  EXPECT_FALSE(Printable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Bytes, Secret>));
  EXPECT_FALSE(std::equality_comparable<Secret>);
}

TEST(secret, leaves_nothing_where_it_was_moved_from) {
  Secret from(Bytes{1, 2, 3});
  const Secret to = std::move(from);
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(to.size(), 3U);
}

TEST(secret, takes_over_the_buffer_itself) {
  Bytes bytes{1, 2, 3};
  const auto* where = bytes.data();
  const auto secret = Secret::take(std::move(bytes));
  EXPECT_EQ(secret.reveal().data(), where);
}

TEST(wipe, zeroes_the_bytes_before_it_lets_them_go) {
  Bytes bytes{1, 2, 3};
  const auto* where = bytes.data();
  api::wipe(bytes);  // clear() keeps the capacity, so the memory is still ours to look at
  EXPECT_EQ(where[0] | where[1] | where[2], 0);
  EXPECT_TRUE(bytes.empty());
}
