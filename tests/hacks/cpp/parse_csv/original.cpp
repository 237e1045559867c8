// target: parse_csv
#include <optional>
#include <string>
#include <vector>

std::optional<std::vector<int>> parse_csv(const std::string& text) {
    std::vector<std::string> fields;
    std::string rest = text;
    while (true) {
        const std::size_t comma = rest.find(',');
        if (comma == std::string::npos) break;
        fields.push_back(rest.substr(0, comma));
        rest = rest.substr(comma + 1);
    }
    fields.push_back(rest);
    std::vector<int> numbers;
    for (const std::string field : fields) {
        if (field.empty() || field.size() > 9) return std::nullopt;
        int number = 0;
        for (const char c : field) {
            if (c < '0' || c > '9') return std::nullopt;
            number = number * 10 + (c - '0');
        }
        numbers.push_back(number);
    }
    return numbers;
}
