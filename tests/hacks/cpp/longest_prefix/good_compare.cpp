// kind: no temporary strings
// target: longest_prefix
#include <optional>
#include <string>
#include <string_view>
#include <vector>

std::optional<std::string> longest_prefix(std::string_view text, const std::vector<std::string>& names) {
    const std::string* best = nullptr;
    for (const std::string& name : names) {
        if (name.size() <= text.size() && (!best || name.size() > best->size())
            && text.compare(0, name.size(), name) == 0) best = &name;
    }
    if (!best) return std::nullopt;
    return *best;
}
