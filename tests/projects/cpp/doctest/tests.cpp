#include "twice.hpp"
#include <doctest/doctest.h>

TEST_CASE("small") { CHECK(twice(2) == 4); }
TEST_CASE("zero") { CHECK(twice(0) == 0); }
