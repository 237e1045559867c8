// class: NaN (std::min keeps what is compared with NaN); gate: fuzz, replay
// target: geo::closest_pair
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

double closest_pair(const std::vector<std::pair<double, double>>& points) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            const double dx = points[i].first - points[j].first;
            const double dy = points[i].second - points[j].second;
            best = std::min(dx * dx + dy * dy, best);
        }
    }
    return std::sqrt(best);
}

}  // namespace geo
