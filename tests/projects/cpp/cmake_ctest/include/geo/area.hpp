#pragma once
#include <vector>

namespace geo {
struct Point {
    double x, y;
};
double area(const std::vector<Point>& polygon);
double scaled(double value);
inline double square(double x) { return x * x; }
}
