// kind: data structure (a set of what was seen)
// target: unique_in_order
#include <algorithm>
#include <unordered_set>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    std::unordered_set<int> seen;
    seen.reserve(values.size());
    std::vector<int> kept;
    for (const int value : values)
        if (seen.insert(value).second) kept.push_back(value);
    return kept;
}
