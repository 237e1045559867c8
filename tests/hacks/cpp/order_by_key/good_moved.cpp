// kind: fewer copies (rows are moved)
// target: order_by_key
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

void order_by_key(std::vector<std::pair<int, std::string>>& rows) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        std::pair<int, std::string> row = std::move(rows[i]);
        std::size_t j = i;
        for (; j > 0 && row.first < rows[j - 1].first; --j) rows[j] = std::move(rows[j - 1]);
        rows[j] = std::move(row);
    }
}
