// class: overflow (64 set bits do not fit the last step); gate: fuzz, replay, mutants
// target: bit_counts
#include <cstdint>
#include <vector>

std::vector<int> bit_counts(const std::vector<std::uint64_t>& words) {
    std::vector<int> counts;
    counts.reserve(words.size());
    for (std::uint64_t word : words) {
        word -= (word >> 1) & 0x5555555555555555u;
        word = (word & 0x3333333333333333u) + ((word >> 2) & 0x3333333333333333u);
        word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
        counts.push_back(static_cast<int>((word * 0x0101010101010101u) >> 56) & 63);
    }
    return counts;
}
