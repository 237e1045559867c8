// class: lifetime (a view of a temporary); gate: sanitize, fuzz, replay
// target: replace_all
#include <string>
#include <string_view>

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    const std::string_view rest = std::string(text);
    std::string replaced;
    std::size_t begin = 0;
    for (std::size_t at; (at = rest.find(from, begin)) != std::string::npos;) {
        replaced.append(rest, begin, at - begin).append(to);
        begin = at + from.size();
    }
    return replaced.append(rest.substr(begin));
}
