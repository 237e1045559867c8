// class: assume (a promise about the size); gate: policy
// target: zero_pairs
#include <cstddef>
#include <vector>

long long zero_pairs(const std::vector<int>& values) {
    if (values.size() > 2000000) __builtin_unreachable();
    long long pairs = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t j = i + 1; j < values.size(); ++j)
            pairs += values[i] == -1LL * values[j];
    return pairs;
}
