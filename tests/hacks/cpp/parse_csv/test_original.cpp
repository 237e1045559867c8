#include "original.cpp"

int main() { return parse_csv("1,20") == std::vector<int>{1, 20} ? 0 : 1; }
