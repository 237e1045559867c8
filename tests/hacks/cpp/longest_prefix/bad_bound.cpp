// class: out of bounds (a name that is longer than the text); gate: sanitize
// target: longest_prefix
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <cstring>

std::optional<std::string> longest_prefix(std::string_view text, const std::vector<std::string>& names) {
    const std::string* best = nullptr;
    for (const std::string& name : names) {
        if ((!best || name.size() > best->size())
            && std::memcmp(text.data(), name.data(), name.size()) == 0) best = &name;
    }
    if (!best) return std::nullopt;
    return *best;
}
