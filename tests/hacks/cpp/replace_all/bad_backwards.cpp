// class: semantic drift (overlapping hits are taken from the end); gate: fuzz, replay, mutants
// target: replace_all
#include <string>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    std::size_t at = text.rfind(from);
    while (at != std::string::npos) {
        text.replace(at, from.size(), to);
        if (at < from.size()) break;
        at = text.rfind(from, at - from.size());
    }
    return text;
}
