// class: boundary (what follows the last hit is lost); gate: fuzz, replay
// target: replace_all
#include <string>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    std::string replaced;
    std::size_t begin = 0;
    for (std::size_t at; (at = text.find(from, begin)) != std::string::npos;) {
        replaced.append(text, begin, at - begin).append(to);
        begin = at + from.size();
    }
    return replaced;
}
