// class: boundary (a last word without space after it is lost); gate: fuzz, replay
// target: count_words
#include <map>
#include <sstream>
#include <string>

std::map<std::string, int> count_words(const std::string& text) {
    std::map<std::string, int> counts;
    std::string word;
    for (const char c : text) {
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            if (!word.empty()) ++counts[word];
            word.clear();
        } else {
            word += c;
        }
    }
    return counts;
}
