// class: mutated inputs (the tail stays); gate: replay, fuzz
// target: compact
#include <algorithm>
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    return static_cast<int>(values.end() - std::remove(values.begin(), values.end(), dropped));
}
