// class: out of bounds (values may be shorter); gate: sanitize, fuzz
// target: add_times
#include <cstddef>
#include <cstdint>
#include <vector>

void add_times(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& values,
               unsigned char times) {
    const bool same = &sums == &values;
    for (std::size_t at = 0; at < sums.size(); ++at) {
        if (same) sums[at] = times < 64 ? sums[at] << times : 0;
        else sums[at] += values[at] * times;
    }
}
