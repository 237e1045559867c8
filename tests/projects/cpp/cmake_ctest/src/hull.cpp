#include "config.hpp"
#include "geo/area.hpp"

namespace geo {
double scaled(double value) { return GEO_SCALE * value; }
}
