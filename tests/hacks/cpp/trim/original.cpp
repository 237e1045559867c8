// target: trim
#include <cctype>
#include <string>

std::string trim(const std::string& text) {
    std::string rest = text;
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.front()))) rest.erase(0, 1);
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.back()))) rest.pop_back();
    return rest;
}
