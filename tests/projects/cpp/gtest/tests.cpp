#include "twice.hpp"
#include <gtest/gtest.h>

TEST(Twice, Small) { EXPECT_EQ(twice(2), 4); }
TEST(Twice, Zero) { EXPECT_EQ(twice(0), 0); }
TEST(Twice, Skipped) { GTEST_SKIP(); }
