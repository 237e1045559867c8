#include "original.cpp"

int main() { return multiply({2}, {3}, 1) == std::vector<double>{6} ? 0 : 1; }
