#include "original.cpp"

int main() {
    std::vector<int> values{1, 2, 3};
    return compact(values, 7) == 0 ? 0 : 1;
}
