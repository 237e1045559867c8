// target: replace_all
#include <string>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    std::size_t at = 0;
    while ((at = text.find(from, at)) != std::string::npos) {
        text = text.substr(0, at) + to + text.substr(at + from.size());
        at += to.size();
    }
    return text;
}
