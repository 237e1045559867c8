// target: bit_counts
#include <cstdint>
#include <vector>

std::vector<int> bit_counts(const std::vector<std::uint64_t>& words) {
    std::vector<int> counts;
    for (const std::uint64_t word : words) {
        int count = 0;
        for (int bit = 0; bit < 64; ++bit)
            if (word & (std::uint64_t{1} << bit)) ++count;
        counts.push_back(count);
    }
    return counts;
}
