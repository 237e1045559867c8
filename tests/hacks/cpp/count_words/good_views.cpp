// kind: fewer copies (views of the text, no stream)
// target: count_words
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>

std::map<std::string, int> count_words(const std::string& text) {
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    std::unordered_map<std::string_view, int> counts;
    const std::string_view all(text);
    std::size_t at = 0;
    while (at < all.size()) {
        while (at < all.size() && is_space(all[at])) ++at;
        const std::size_t begin = at;
        while (at < all.size() && !is_space(all[at])) ++at;
        if (at > begin) ++counts[all.substr(begin, at - begin)];
    }
    return std::map<std::string, int>(counts.begin(), counts.end());
}
