// class: reliance on undefined behaviour (negates the least int); gate: sanitize, fuzz, replay
// target: zero_pairs
#include <cstddef>
#include <unordered_map>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    std::unordered_map<int, long long> seen;
    long long pairs = 0;
    for (const int value : values) {
        const auto found = seen.find(-value);
        if (found != seen.end()) pairs += found->second;
        ++seen[value];
    }
    return pairs;
}
