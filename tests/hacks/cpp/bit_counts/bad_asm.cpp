// class: inline asm; gate: policy
// target: bit_counts
#include <cstdint>
#include <vector>

std::vector<int> bit_counts(const std::vector<std::uint64_t>& words) {
    std::vector<int> counts;
    counts.reserve(words.size());
    for (const std::uint64_t word : words) {
        std::uint64_t count;
        __asm__("popcnt %1, %0" : "=r"(count) : "r"(word) : "cc");
        counts.push_back(static_cast<int>(count));
    }
    return counts;
}
