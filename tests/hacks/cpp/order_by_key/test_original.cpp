#include "original.cpp"

int main() {
    std::vector<std::pair<int, std::string>> rows{{2, "b"}, {1, "a"}};
    order_by_key(rows);
    return rows[0].second == "a" ? 0 : 1;
}
