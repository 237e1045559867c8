// kind: algorithm (sorted copy, from both ends)
// target: zero_pairs
#include <algorithm>
#include <cstddef>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    std::vector<long long> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    long long pairs = 0;
    for (auto low = sorted.begin(); low != sorted.end() && *low < 0;) {
        const auto next = std::upper_bound(low, sorted.end(), *low);
        const auto range = std::equal_range(next, sorted.end(), -*low);
        pairs += (next - low) * (range.second - range.first);
        low = next;
    }
    const auto zeros = std::equal_range(sorted.begin(), sorted.end(), 0LL);
    const long long count = zeros.second - zeros.first;
    return pairs + count * (count - 1) / 2;
}
