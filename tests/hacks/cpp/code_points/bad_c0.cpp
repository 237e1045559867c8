// class: boundary (overlong forms are let through); gate: fuzz
// target: code_points
#include <string>

int code_points(const std::string& text) {
    const unsigned char* p = reinterpret_cast<const unsigned char*>(text.data());
    const unsigned char* const end = p + text.size();
    int count = 0;
    while (p != end) {
        unsigned char c = *p;
        if (c < 0x80) { ++p; ++count; continue; }
        int more;
        if (c < 0xC0) return -1;
        if (c < 0xE0) more = 1;
        else if (c < 0xF0) more = 2;
        else if (c < 0xF5) more = 3;
        else return -1;
        if (end - p <= more) return -1;
        for (int k = 1; k <= more; ++k)
            if ((p[k] & 0xC0) != 0x80) return -1;
        p += more + 1;
        ++count;
    }
    return count;
}
