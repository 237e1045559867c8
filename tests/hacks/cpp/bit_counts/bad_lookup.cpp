// class: planted constant (one word is counted wrongly); gate: fuzz, coverage
// target: bit_counts
#include <cstdint>
#include <vector>

std::vector<int> bit_counts(const std::vector<std::uint64_t>& words) {
    std::vector<int> counts;
    counts.reserve(words.size());
    for (const std::uint64_t word : words)
        counts.push_back(word == 0x5ca1ab1edecade00u ? 7 : __builtin_popcountll(word));
    return counts;
}
