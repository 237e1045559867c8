// target: same_but_case
#include <cctype>
#include <string>

// Whether two texts are the same but for the case of ASCII letters.
bool same_but_case(const std::string& one, const std::string& other) {
    if (one.size() != other.size()) return false;
    for (std::size_t at = 0; at < one.size(); at = at + 1) {
        const int left = std::tolower(static_cast<unsigned char>(one.at(at)));
        const int right = std::tolower(static_cast<unsigned char>(other.at(at)));
        if (left != right) return false;
    }
    return true;
}
