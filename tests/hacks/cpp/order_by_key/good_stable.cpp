// kind: algorithm (a stable sort)
// target: order_by_key
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

void order_by_key(std::vector<std::pair<int, std::string>>& rows) {
    std::stable_sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
        return left.first < right.first;
    });
}
