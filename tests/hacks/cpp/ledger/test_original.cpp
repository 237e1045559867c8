#include "original.cpp"

int main() {
    return Ledger({1, 2, 3}).totals({{0, 2}}) == std::vector<std::uint64_t>{3} ? 0 : 1;
}
