#include "original.cpp"

int main() { return replace_all("a cat", "cat", "dog") == "a dog" ? 0 : 1; }
