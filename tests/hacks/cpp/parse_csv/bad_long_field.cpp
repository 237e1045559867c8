// class: overflow (no limit of the digits); gate: sanitize, fuzz, replay, coverage
// target: parse_csv
#include <optional>
#include <string>
#include <vector>

std::optional<std::vector<int>> parse_csv(const std::string& text) {
    std::vector<int> numbers;
    int number = 0;
    bool any = false;
    for (const char c : text + ",") {
        if (c == ',') {
            if (!any) return std::nullopt;
            numbers.push_back(number);
            number = 0;
            any = false;
        } else {
            if (c < '0' || c > '9') return std::nullopt;
            number = number * 10 + (c - '0');
            any = true;
        }
    }
    return numbers;
}
