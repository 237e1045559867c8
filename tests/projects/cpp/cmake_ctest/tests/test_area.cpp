#include <cstring>
#include "geo/area.hpp"

int main(int, char** words) {
    if (!std::strcmp(words[1], "hull")) return geo::scaled(2) == 4 ? 0 : 1;
    return geo::area({{0, 0}, {2, 0}, {2, 2}, {0, 2}}) == 4 ? 0 : 1;
}
