// class: semantic drift (the order of what is kept); gate: replay, fuzz
// target: compact
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    int removed = 0;
    for (std::size_t at = 0; at < values.size();) {
        if (values[at] == dropped) {
            values[at] = values.back();
            values.pop_back();
            ++removed;
        } else {
            ++at;
        }
    }
    return removed;
}
