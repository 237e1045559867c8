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
        for (std::size_t j = 0; j < points.size(); ++j) {
            if (i == j) continue;
            const double dx = points[i].first - points[j].first;
            const double dy = points[i].second - points[j].second;
            const double distance = std::sqrt(dx * dx + dy * dy);
            if (distance < best) best = distance;
        }
    }
    return best;
}

}  // namespace geo
