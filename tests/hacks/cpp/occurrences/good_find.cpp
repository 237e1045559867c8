// kind: library function (std::string::find)
// target: occurrences
#include <cstdint>
#include <string>
#include <vector>

std::vector<int> occurrences(const std::string& text, const std::string& word) {
    std::vector<int> places;
    if (word.empty()) return places;
    for (std::size_t i = text.find(word); i != std::string::npos; i = text.find(word, i + 1)) places.push_back((int)i);
    return places;
}
