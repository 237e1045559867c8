// class: aliasing assumption (sums and values may be one); gate: fuzz, replay, repeat
// target: add_times
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

void add_times(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& values,
               unsigned char times) {
    const std::size_t size = std::min(sums.size(), values.size());
    for (std::size_t at = 0; at < size; ++at) sums[at] += values[at] * times;
}
