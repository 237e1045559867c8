// class: wrong algorithm (only neighbours are compared); gate: replay, fuzz
// target: unique_in_order
#include <algorithm>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    std::vector<int> kept(values);
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    return kept;
}
