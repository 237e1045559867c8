// class: equality by a hash (a polynomial modulo 2**32, which nobody checks after); gate: fuzz
// target: occurrences
#include <cstdint>
#include <string>
#include <vector>

std::vector<int> occurrences(const std::string& text, const std::string& word) {
    std::vector<int> places;
    if (word.empty() || word.size() > text.size()) return places;
    std::uint32_t wanted = 0, hash = 0, power = 1;
    for (std::size_t i = 0; i < word.size(); ++i) {
        wanted = wanted * 257 + (unsigned char)word[i];
        hash = hash * 257 + (unsigned char)text[i];
        if (i) power *= 257;
    }
    for (std::size_t i = 0;; ++i) {
        if (hash == wanted) places.push_back((int)i);
        if (i + word.size() == text.size()) return places;
        hash = (hash - (unsigned char)text[i] * power) * 257 + (unsigned char)text[i + word.size()];
    }
}
