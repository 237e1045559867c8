// kind: linear instead of quadratic (appended in place)
// target: hash_lines
#include <cstdint>
#include <string>
#include <vector>

std::uint64_t hash_lines(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) {
        all += line;
        all += '\n';
    }
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : all) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211u;
    }
    return hash;
}
