// class: out of bounds (a table indexed by a signed char); gate: sanitize, fuzz, replay
// target: count_words
#include <map>
#include <sstream>
#include <string>

static const bool spaces[128] = {false, false, false, false, false, false, false, false, false,
                                 true,  true,  true,  true,  true};

std::map<std::string, int> count_words(const std::string& text) {
    std::map<std::string, int> counts;
    std::string word;
    for (const char c : text) {
        if (c == ' ' || spaces[static_cast<int>(c)]) {
            if (!word.empty()) ++counts[word];
            word.clear();
        } else {
            word += c;
        }
    }
    if (!word.empty()) ++counts[word];
    return counts;
}
