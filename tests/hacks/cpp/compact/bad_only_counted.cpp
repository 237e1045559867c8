// class: dropped side effect (the argument stays as it was); gate: replay, fuzz
// target: compact
#include <algorithm>
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    return static_cast<int>(std::count(values.begin(), values.end(), dropped));
}
