// class: fast-math (an attribute); gate: scope, policy
// target: geo::closest_pair
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

__attribute__((optimize("Ofast"))) double closest_pair(
    const std::vector<std::pair<double, double>>& points) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            const double dx = points[i].first - points[j].first;
            const double dy = points[i].second - points[j].second;
            best = std::min(best, dx * dx + dy * dy);
        }
    }
    return std::sqrt(best);
}

}  // namespace geo
