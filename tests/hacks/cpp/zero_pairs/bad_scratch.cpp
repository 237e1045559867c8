// class: race (a static scratch buffer); gate: policy
// target: zero_pairs
#include <algorithm>
#include <cstddef>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    static std::vector<long long> sorted;
    sorted.assign(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    long long pairs = 0;
    for (auto at = sorted.begin(); at != sorted.end(); ++at) {
        const auto range = std::equal_range(at + 1, sorted.end(), -*at);
        pairs += range.second - range.first;
    }
    return pairs;
}
