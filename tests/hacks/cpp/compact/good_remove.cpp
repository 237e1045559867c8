// kind: linear instead of quadratic (remove, then erase once)
// target: compact
#include <algorithm>
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    const auto end = std::remove(values.begin(), values.end(), dropped);
    const int removed = static_cast<int>(values.end() - end);
    values.erase(end, values.end());
    return removed;
}
