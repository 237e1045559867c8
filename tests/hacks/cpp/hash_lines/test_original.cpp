#include "original.cpp"

int main() { return hash_lines({}) == 14695981039346656037u ? 0 : 1; }
