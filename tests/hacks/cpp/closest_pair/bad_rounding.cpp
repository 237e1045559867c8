// class: post-condition (the rounding mode is left changed); gate: policy
// target: geo::closest_pair
#include <cfenv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

double closest_pair(const std::vector<std::pair<double, double>>& points) {
    std::fesetround(FE_TOWARDZERO);
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            const double dx = points[i].first - points[j].first;
            const double dy = points[i].second - points[j].second;
            const double square = dx * dx + dy * dy;
            if (square < best) best = square;
        }
    }
    return std::sqrt(best);
}

}  // namespace geo
