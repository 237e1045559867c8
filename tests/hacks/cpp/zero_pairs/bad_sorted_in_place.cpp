// class: mutated inputs (a const argument is sorted); gate: policy
// target: zero_pairs
#include <algorithm>
#include <cstddef>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    auto& sorted = const_cast<std::vector<int>&>(values);
    std::sort(sorted.begin(), sorted.end());
    long long pairs = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const auto range = std::equal_range(sorted.begin() + i + 1, sorted.end(), -1LL * sorted[i]);
        pairs += range.second - range.first;
    }
    return pairs;
}
