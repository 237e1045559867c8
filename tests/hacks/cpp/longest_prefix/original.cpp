// target: longest_prefix
#include <optional>
#include <string>
#include <string_view>
#include <vector>

std::optional<std::string> longest_prefix(std::string_view text, const std::vector<std::string>& names) {
    std::optional<std::string> best;
    for (const std::string& name : names) {
        std::string start(text.substr(0, name.size()));
        if (start == name) {
            if (!best || name.size() > best->size()) best = name;
        }
    }
    return best;
}
