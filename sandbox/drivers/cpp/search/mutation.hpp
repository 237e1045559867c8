// Changes of arguments that keep their types: what libFuzzer's own, of bytes, would break at once.
#ifndef PERFBOT_SEARCH_MUTATION_HPP
#define PERFBOT_SEARCH_MUTATION_HPP

#include <random>
#include <vector>

#include "values.hpp"

namespace perfbot_driver {

using Draw = std::minstd_rand;

// Some of the arguments changed. A number that was the length of another argument mostly stays it.
void mutate(std::vector<Value>& arguments, Draw& draw);

// Arguments of which some, or parts of some, are taken from `others`.
void cross(std::vector<Value>& arguments, const std::vector<Value>& others, Draw& draw);

}  // namespace perfbot_driver

#endif
