// target: add_times
#include <cstddef>
#include <cstdint>
#include <vector>

void add_times(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& values,
               unsigned char times) {
    for (unsigned char round = 0; round < times; ++round)
        for (std::size_t at = 0; at < sums.size() && at < values.size(); ++at)
            sums[at] += values[at];
}
