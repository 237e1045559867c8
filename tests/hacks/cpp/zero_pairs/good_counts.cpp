// kind: algorithm (counts of what was seen)
// target: zero_pairs
#include <cstddef>
#include <unordered_map>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    std::unordered_map<long long, long long> seen;
    seen.reserve(values.size());
    long long pairs = 0;
    for (const long long value : values) {
        const auto found = seen.find(-value);
        if (found != seen.end()) pairs += found->second;
        ++seen[value];
    }
    return pairs;
}
