// class: semantic drift (bytes from 128 on are negative); gate: fuzz, replay
// target: hash_lines
#include <cstdint>
#include <string>
#include <vector>

std::uint64_t hash_lines(const std::vector<std::string>& lines) {
    std::uint64_t hash = 14695981039346656037u;
    for (const std::string& line : lines) {
        for (const char c : line) hash = (hash ^ c) * 1099511628211u;
        hash = (hash ^ '\n') * 1099511628211u;
    }
    return hash;
}
