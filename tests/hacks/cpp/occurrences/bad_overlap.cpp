// class: wrong only for a part that overlaps itself (its ends are looked at, not its borders); gate: fuzz
// target: occurrences
#include <cstdint>
#include <string>
#include <vector>

std::vector<int> occurrences(const std::string& text, const std::string& word) {
    std::vector<int> places;
    if (word.empty()) return places;
    bool overlaps = word.size() < 2 || word.front() == word.back();
    for (std::size_t i = text.find(word); i != std::string::npos;) {
        places.push_back((int)i);
        i = text.find(word, i + (overlaps ? 1 : word.size()));
    }
    return places;
}
