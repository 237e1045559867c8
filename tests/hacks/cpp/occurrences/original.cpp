// target: occurrences
#include <cstdint>
#include <string>
#include <vector>

std::vector<int> occurrences(const std::string& text, const std::string& word) {
    std::vector<int> places;
    if (word.empty() || word.size() > text.size()) return places;
    for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
        if (text.substr(i, word.size()) == word) places.push_back((int)i);
    }
    return places;
}
