#include "daemon/runtime/host.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace {

rlimit files() {
  rlimit limit{};
  EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  return limit;
}

TEST(process, may_have_as_many_descriptors_as_the_kernel_lets_it) {
  const auto before = files();
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  runtime::allow_descriptors();
  EXPECT_EQ(files().rlim_cur, before.rlim_max);
  EXPECT_EQ(files().rlim_max, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
