// class: semantic drift (blanks and signs are accepted); gate: fuzz, replay
// target: parse_csv
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

std::optional<std::vector<int>> parse_csv(const std::string& text) {
    std::vector<int> numbers;
    const char* at = text.c_str();
    while (true) {
        char* end = nullptr;
        const long number = std::strtol(at, &end, 10);
        if (end == at || end - at > 9) return std::nullopt;
        numbers.push_back(static_cast<int>(number));
        if (*end == 0) return numbers;
        if (*end != ',') return std::nullopt;
        at = end + 1;
    }
}
