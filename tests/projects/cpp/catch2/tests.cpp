#include "twice.hpp"
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

TEST_CASE("small") { REQUIRE(twice(2) == 4); }
TEST_CASE("zero") { REQUIRE(twice(0) == 0); }
