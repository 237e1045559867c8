// target: hash_lines
#include <cstdint>
#include <string>
#include <vector>

std::uint64_t hash_lines(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) all = all + line + "\n";
    std::uint64_t hash = 14695981039346656037u;
    for (std::size_t i = 0; i < all.size(); ++i) {
        hash ^= static_cast<unsigned char>(all[i]);
        hash *= 1099511628211u;
    }
    return hash;
}
