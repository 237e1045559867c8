// class: semantic drift (`/` taken for a digit); gate: fuzz, replay, mutants
// target: parse_csv
#include <optional>
#include <string>
#include <vector>

std::optional<std::vector<int>> parse_csv(const std::string& text) {
    std::vector<int> numbers;
    int number = 0;
    int digits = 0;
    for (const char c : text + ",") {
        if (c == ',') {
            if (digits == 0) return std::nullopt;
            numbers.push_back(number);
            number = digits = 0;
        } else {
            if (static_cast<unsigned char>(c - '/') > 10 || ++digits > 9) return std::nullopt;
            number = number * 10 + (c - '0');
        }
    }
    return numbers;
}
