// class: boundary (an empty text is found at the beginning); gate: fuzz, coverage
// target: replace_all
#include <string>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    std::string replaced;
    std::size_t begin = 0;
    for (std::size_t at; (at = text.find(from, begin)) != std::string::npos;) {
        replaced.append(text, begin, at - begin).append(to);
        begin = at + from.size();
        if (from.empty()) break;
    }
    return replaced.append(text, begin, std::string::npos);
}
