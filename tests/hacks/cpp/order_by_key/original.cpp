// target: order_by_key
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

void order_by_key(std::vector<std::pair<int, std::string>>& rows) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        for (std::size_t j = i; j > 0 && rows[j].first < rows[j - 1].first; --j) {
            const std::pair<int, std::string> row = rows[j];
            rows[j] = rows[j - 1];
            rows[j - 1] = row;
        }
    }
}
