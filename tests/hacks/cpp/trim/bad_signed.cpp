// class: boundary (control characters and, where char is signed, all beyond ASCII are trimmed too); gate: fuzz
// target: trim
#include <cctype>
#include <string>

std::string trim(const std::string& text) {
    std::size_t first = 0, last = text.size();
    while (first < last && text[first] <= ' ') ++first;
    while (last > first && text[last - 1] <= ' ') --last;
    return text.substr(first, last - first);
}
