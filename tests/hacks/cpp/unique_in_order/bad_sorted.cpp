// class: semantic drift (sorted instead of in order); gate: replay, fuzz
// target: unique_in_order
#include <algorithm>
#include <set>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    const std::set<int> kept(values.begin(), values.end());
    return std::vector<int>(kept.begin(), kept.end());
}
