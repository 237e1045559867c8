// class: semantic drift (stops at a zero byte); gate: fuzz, replay
// target: count_words
#include <cstring>
#include <map>
#include <sstream>
#include <string>

std::map<std::string, int> count_words(const std::string& text) {
    std::map<std::string, int> counts;
    const char* at = text.c_str();
    while (*at != 0) {
        at += std::strspn(at, " \t\n\v\f\r");
        const std::size_t length = std::strcspn(at, " \t\n\v\f\r");
        if (length > 0) ++counts[std::string(at, length)];
        at += length;
    }
    return counts;
}
