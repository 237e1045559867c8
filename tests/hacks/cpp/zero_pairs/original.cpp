// target: zero_pairs
#include <cstddef>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    long long pairs = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t j = i + 1; j < values.size(); ++j)
            if (static_cast<long long>(values[i]) + values[j] == 0) ++pairs;
    return pairs;
}
