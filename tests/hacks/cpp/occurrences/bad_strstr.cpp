// class: an end that is none (functions of C stop at a zero); gate: fuzz
// target: occurrences
#include <cstdint>
#include <string>
#include <vector>
#include <cstring>

std::vector<int> occurrences(const std::string& text, const std::string& word) {
    std::vector<int> places;
    if (word.empty()) return places;
    for (const char* at = std::strstr(text.c_str(), word.c_str()); at; at = std::strstr(at + 1, word.c_str()))
        places.push_back((int)(at - text.c_str()));
    return places;
}
