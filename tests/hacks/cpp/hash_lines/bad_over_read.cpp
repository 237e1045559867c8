// class: out of bounds (eight bytes at once, beyond the end); gate: sanitize, build
// target: hash_lines
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

std::uint64_t hash_lines(const std::vector<std::string>& lines) {
    std::uint64_t hash = 14695981039346656037u;
    for (const std::string& line : lines) {
        for (std::size_t at = 0; at < line.size(); at += 8) {
            std::uint64_t word;
            std::memcpy(&word, line.data() + at, 8);
            for (std::size_t i = 0; i < 8 && at + i < line.size(); ++i, word >>= 8)
                hash = (hash ^ (word & 255)) * 1099511628211u;
        }
        hash = (hash ^ '\n') * 1099511628211u;
    }
    return hash;
}
