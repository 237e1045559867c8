// Only a line that repeats the one right before it is left out.
#include <iostream>
#include <string>

int main() {
    std::ios::sync_with_stdio(false);
    std::string line, before;
    bool any = false;
    while (std::getline(std::cin, line)) {
        if (!any || line != before) std::cout << line << '\n';
        before = line;
        any = true;
    }
    return any ? 0 : 1;
}
