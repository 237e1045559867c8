// target: count_words
#include <map>
#include <sstream>
#include <string>

std::map<std::string, int> count_words(const std::string& text) {
    std::map<std::string, int> counts;
    std::istringstream stream(text);
    std::string word;
    while (stream >> word) counts[word] = counts[word] + 1;
    return counts;
}
