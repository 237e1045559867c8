// class: semantic drift (zeros pair with themselves); gate: replay, fuzz
// target: zero_pairs
#include <cstddef>
#include <unordered_map>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    std::unordered_map<long long, long long> seen;
    for (const int value : values) ++seen[value];
    long long twice = 0;
    for (const auto& [value, count] : seen) {
        const auto found = seen.find(-value);
        if (found != seen.end()) twice += count * found->second;
    }
    return twice / 2;
}
