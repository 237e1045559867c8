// class: semantic drift (tabs and line ends do not separate); gate: replay, fuzz
// target: count_words
#include <map>
#include <sstream>
#include <string>

std::map<std::string, int> count_words(const std::string& text) {
    std::map<std::string, int> counts;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = text.find(' ', at);
        if (end == std::string::npos) end = text.size();
        if (end > at) ++counts[text.substr(at, end - at)];
        at = end + 1;
    }
    return counts;
}
