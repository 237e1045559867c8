// kind: linear instead of quadratic (pieces are appended)
// target: replace_all
#include <string>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    std::string replaced;
    replaced.reserve(text.size());
    std::size_t begin = 0;
    for (std::size_t at; (at = text.find(from, begin)) != std::string::npos;) {
        replaced.append(text, begin, at - begin).append(to);
        begin = at + from.size();
    }
    return replaced.append(text, begin, std::string::npos);
}
