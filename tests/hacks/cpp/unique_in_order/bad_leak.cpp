// class: leak (a buffer that is never freed); gate: sanitize
// target: unique_in_order
#include <algorithm>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    auto* sorted = new std::vector<int>();
    std::vector<int> kept;
    for (const int value : values) {
        const auto place = std::lower_bound(sorted->begin(), sorted->end(), value);
        if (place != sorted->end() && *place == value) continue;
        sorted->insert(place, value);
        kept.push_back(value);
    }
    return kept;
}
