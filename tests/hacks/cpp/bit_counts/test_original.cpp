#include "original.cpp"

int main() { return bit_counts({0, 1, 6}) == std::vector<int>{0, 1, 2} ? 0 : 1; }
