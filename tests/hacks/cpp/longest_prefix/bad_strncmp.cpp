// class: an end that is none (what follows a zero is not compared); gate: fuzz
// target: longest_prefix
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <cstring>

std::optional<std::string> longest_prefix(std::string_view text, const std::vector<std::string>& names) {
    const std::string* best = nullptr;
    for (const std::string& name : names) {
        if (name.size() <= text.size() && (!best || name.size() > best->size())
            && std::strncmp(text.data(), name.c_str(), name.size()) == 0) best = &name;
    }
    if (!best) return std::nullopt;
    return *best;
}
