// class: semantic drift (a character that is cut off by another is counted); gate: fuzz
// target: code_points
#include <string>

int code_points(const std::string& text) {
    int count = 0;
    int due = 0;
    for (unsigned char c : text) {
        if ((c & 0xC0) == 0x80) { if (!due) return -1; --due; continue; }
        if (c < 0x80) due = 0;
        else if (c < 0xC2) return -1;
        else if (c < 0xE0) due = 1;
        else if (c < 0xF0) due = 2;
        else if (c < 0xF5) due = 3;
        else return -1;
        ++count;
    }
    return due ? -1 : count;
}
