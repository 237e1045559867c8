// kind: library (the compiler's population count)
// target: bit_counts
#include <cstdint>
#include <vector>

std::vector<int> bit_counts(const std::vector<std::uint64_t>& words) {
    std::vector<int> counts;
    counts.reserve(words.size());
    for (const std::uint64_t word : words) counts.push_back(__builtin_popcountll(word));
    return counts;
}
