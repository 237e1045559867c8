#include "original.cpp"

int main() { return count_words("of the of ").at("of") == 2 ? 0 : 1; }
