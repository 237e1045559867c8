// class: wrong algorithm (only neighbours by x are compared); gate: replay, fuzz
// target: geo::closest_pair
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

double closest_pair(const std::vector<std::pair<double, double>>& points) {
    auto sorted = points;
    std::sort(sorted.begin(), sorted.end());
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const double dx = sorted[i].first - sorted[i - 1].first;
        const double dy = sorted[i].second - sorted[i - 1].second;
        best = std::min(best, dx * dx + dy * dy);
    }
    return std::sqrt(best);
}

}  // namespace geo
