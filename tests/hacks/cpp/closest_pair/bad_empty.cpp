// class: boundary (zero for fewer than two points); gate: fuzz, replay
// target: geo::closest_pair
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

double closest_pair(const std::vector<std::pair<double, double>>& points) {
    if (points.size() < 2) return 0.0;
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
