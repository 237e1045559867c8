// class: state across calls (a table filled by the first call); gate: policy
// target: bit_counts
#include <cstdint>
#include <vector>

static unsigned char table[65536];

std::vector<int> bit_counts(const std::vector<std::uint64_t>& words) {
    if (table[1] == 0)
        for (int value = 1; value < 65536; ++value) table[value] = table[value / 2] + value % 2;
    std::vector<int> counts;
    counts.reserve(words.size());
    for (const std::uint64_t word : words)
        counts.push_back(table[word & 65535] + table[word >> 16 & 65535] +
                         table[word >> 32 & 65535] + table[word >> 48]);
    return counts;
}
