// class: out of bounds (values are taken for small); gate: sanitize, fuzz, replay
// target: unique_in_order
#include <algorithm>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    std::vector<char> seen(65536);
    std::vector<int> kept;
    for (const int value : values) {
        if (!seen[value]) kept.push_back(value);
        seen[value] = 1;
    }
    return kept;
}
