// class: semantic drift (returns how many are left); gate: replay, fuzz
// target: compact
#include <algorithm>
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    values.erase(std::remove(values.begin(), values.end(), dropped), values.end());
    return static_cast<int>(values.size());
}
