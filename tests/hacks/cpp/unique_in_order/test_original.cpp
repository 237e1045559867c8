#include "original.cpp"

int main() { return unique_in_order({1, 1, 2}) == std::vector<int>{1, 2} ? 0 : 1; }
