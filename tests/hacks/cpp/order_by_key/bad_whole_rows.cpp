// class: semantic drift (texts decide between equal keys); gate: replay, fuzz
// target: order_by_key
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

void order_by_key(std::vector<std::pair<int, std::string>>& rows) {
    std::sort(rows.begin(), rows.end());
}
