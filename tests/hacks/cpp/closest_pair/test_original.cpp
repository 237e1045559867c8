#include "original.cpp"

int main() { return geo::closest_pair({{0, 0}, {3, 4}, {30, 40}}) == 5 ? 0 : 1; }
