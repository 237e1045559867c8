// class: boundary (an empty name is never the longest); gate: fuzz
// target: longest_prefix
#include <optional>
#include <string>
#include <string_view>
#include <vector>

std::optional<std::string> longest_prefix(std::string_view text, const std::vector<std::string>& names) {
    std::string_view best;
    for (const std::string& name : names) {
        if (name.size() > best.size() && text.compare(0, name.size(), name) == 0) best = name;
    }
    if (best.empty()) return std::nullopt;
    return std::string(best);
}
