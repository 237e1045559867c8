// class: precision (single precision); gate: replay, fuzz
// target: geo::closest_pair
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace geo {

double closest_pair(const std::vector<std::pair<double, double>>& points) {
    float best = std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            const float dx = points[i].first - points[j].first;
            const float dy = points[i].second - points[j].second;
            const float square = dx * dx + dy * dy;
            if (square < best) best = square;
        }
    }
    return std::sqrt(best);
}

}  // namespace geo
