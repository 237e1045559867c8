// class: truncation (times above 127 are negative); gate: fuzz, coverage
// target: add_times
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

void add_times(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& values,
               unsigned char times) {
    const bool same = &sums == &values;
    const signed char rounds = static_cast<signed char>(times);
    const std::size_t size = std::min(sums.size(), values.size());
    for (std::size_t at = 0; at < size; ++at) {
        if (same) sums[at] = times < 64 ? sums[at] << times : 0;
        else sums[at] += values[at] * rounds;
    }
}
