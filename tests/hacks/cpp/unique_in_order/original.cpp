// target: unique_in_order
#include <algorithm>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    std::vector<int> kept;
    for (const int value : values)
        if (std::find(kept.begin(), kept.end(), value) == kept.end()) kept.push_back(value);
    return kept;
}
