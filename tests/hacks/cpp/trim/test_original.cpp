#include "original.cpp"

int main() { return trim("  two words\n") == "two words" && trim(" \t ").empty() ? 0 : 1; }
