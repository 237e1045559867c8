// kind: linear instead of quadratic (kept values move forward)
// target: compact
#include <cstddef>
#include <vector>

int compact(std::vector<int>& values, int dropped) {
    std::size_t write = 0;
    for (std::size_t read = 0; read < values.size(); ++read)
        if (values[read] != dropped) values[write++] = values[read];
    const int removed = static_cast<int>(values.size() - write);
    values.resize(write);
    return removed;
}
