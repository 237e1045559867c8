// target: code_points
#include <string>

int code_points(const std::string& text) {
    int count = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        unsigned char c = static_cast<unsigned char>(text.at(i));
        std::size_t more = 0;
        if (c < 0x80) more = 0;
        else if (c >= 0xC2 && c < 0xE0) more = 1;
        else if (c >= 0xE0 && c < 0xF0) more = 2;
        else if (c >= 0xF0 && c < 0xF5) more = 3;
        else return -1;
        if (i + more >= text.size()) return -1;
        for (std::size_t k = 1; k <= more; ++k) {
            unsigned char next = static_cast<unsigned char>(text.at(i + k));
            if ((next & 0xC0) != 0x80) return -1;
        }
        i += more + 1;
        count += 1;
    }
    return count;
}
