// class: semantic drift (| 32 takes @ for a backtick, and [ for {); gate: fuzz
// target: same_but_case
#include <cctype>
#include <string>

// Whether two texts are the same but for the case of ASCII letters.
bool same_but_case(const std::string& one, const std::string& other) {
    if (one.size() != other.size()) return false;
    for (std::size_t at = 0; at < one.size(); ++at) {
        if ((one[at] | 32) != (other[at] | 32)) return false;
    }
    return true;
}
