#include "original.cpp"

int main() { return zero_pairs({5, -5, 2}) == 1 ? 0 : 1; }
