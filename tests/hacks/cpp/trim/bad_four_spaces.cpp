// class: semantic drift (four of the six characters that isspace knows); gate: fuzz
// target: trim
#include <cctype>
#include <string>

std::string trim(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\n\r");
    if (first == std::string::npos) return std::string();
    return text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}
