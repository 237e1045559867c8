// class: instructions beyond the baseline (not guarded); gate: scope, policy
// target: bit_counts
#include <cstdint>
#include <vector>

__attribute__((target("popcnt"))) std::vector<int> bit_counts(
    const std::vector<std::uint64_t>& words) {
    std::vector<int> counts;
    counts.reserve(words.size());
    for (const std::uint64_t word : words) counts.push_back(__builtin_popcountll(word));
    return counts;
}
