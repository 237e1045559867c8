#include "original.cpp"

int main() {
    return same_but_case("Ab", "aB") && !same_but_case("a", "b") && !same_but_case("a", "") ? 0 : 1;
}
