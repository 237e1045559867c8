// target: compact
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    int removed = 0;
    for (std::size_t at = 0; at < values.size();) {
        if (values[at] == dropped) {
            values.erase(values.begin() + at);
            ++removed;
        } else {
            ++at;
        }
    }
    return removed;
}
