// class: wrong algorithm (equal low bits count as equal); gate: fuzz, replay
// target: unique_in_order
#include <algorithm>
#include <vector>

std::vector<int> unique_in_order(const std::vector<int>& values) {
    std::vector<char> seen(65536);
    std::vector<int> kept;
    for (const int value : values) {
        const unsigned place = static_cast<unsigned>(value) & 65535;
        if (!seen[place]) kept.push_back(value);
        seen[place] = 1;
    }
    return kept;
}
