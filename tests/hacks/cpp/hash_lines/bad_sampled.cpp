// class: input-pattern fast path (long lines are sampled); gate: fuzz, replay, coverage
// target: hash_lines
#include <cstdint>
#include <string>
#include <vector>

std::uint64_t hash_lines(const std::vector<std::string>& lines) {
    std::uint64_t hash = 14695981039346656037u;
    for (const std::string& line : lines) {
        const std::size_t step = line.size() > 24 ? 2 : 1;
        for (std::size_t at = 0; at < line.size(); at += step)
            hash = (hash ^ static_cast<unsigned char>(line[at])) * 1099511628211u;
        hash = (hash ^ '\n') * 1099511628211u;
    }
    return hash;
}
