#include "original.cpp"

int main() {
    std::vector<std::uint64_t> sums{1, 2, 3};
    add_times(sums, {10, 20, 30}, 2);
    return sums == std::vector<std::uint64_t>{21, 42, 63} ? 0 : 1;
}
