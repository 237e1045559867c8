// class: semantic drift (an empty field is zero); gate: fuzz, replay
// target: parse_csv
#include <optional>
#include <string>
#include <vector>

std::optional<std::vector<int>> parse_csv(const std::string& text) {
    std::vector<int> numbers;
    int number = 0;
    int digits = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at == text.size() || text[at] == ',') {
            numbers.push_back(number);
            number = digits = 0;
        } else {
            if (text[at] < '0' || text[at] > '9' || ++digits > 9) return std::nullopt;
            number = number * 10 + (text[at] - '0');
        }
    }
    return numbers;
}
