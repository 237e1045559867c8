// class: boundary (a line end only between lines); gate: fuzz, replay
// target: hash_lines
#include <cstdint>
#include <string>
#include <vector>

std::uint64_t hash_lines(const std::vector<std::string>& lines) {
    std::uint64_t hash = 14695981039346656037u;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (at > 0) hash = (hash ^ '\n') * 1099511628211u;
        for (const unsigned char c : lines[at]) hash = (hash ^ c) * 1099511628211u;
    }
    return hash;
}
