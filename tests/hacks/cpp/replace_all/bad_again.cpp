// class: semantic drift (what was put in is searched again); gate: fuzz, replay, coverage
// target: replace_all
#include <string>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    int left = 1000;
    for (std::size_t at = 0; left > 0 && (at = text.find(from, at)) != std::string::npos; --left)
        text.replace(at, from.size(), to);
    return text;
}
