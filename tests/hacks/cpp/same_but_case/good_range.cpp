// kind: a comparison of bits instead of two calls
// target: same_but_case
#include <cctype>
#include <string>

// Whether two texts are the same but for the case of ASCII letters.
bool same_but_case(const std::string& one, const std::string& other) {
    if (one.size() != other.size()) return false;
    for (std::size_t at = 0; at < one.size(); ++at) {
        const unsigned char left = one[at], right = other[at];
        if (left == right) continue;
        const unsigned lower = left | 32;
        if ((left ^ right) != 32 || lower < 'a' || lower > 'z') return false;
    }
    return true;
}
