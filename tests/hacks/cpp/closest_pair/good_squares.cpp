// kind: strength reduction (one root, each pair once)
// target: geo::closest_pair
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

double closest_pair(const std::vector<std::pair<double, double>>& points) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto [x, y] = points[i];
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            const double dx = x - points[j].first;
            const double dy = y - points[j].second;
            const double square = dx * dx + dy * dy;
            if (square < best) best = square;
        }
    }
    return std::sqrt(best);
}

}  // namespace geo
