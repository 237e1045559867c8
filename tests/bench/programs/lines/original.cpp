// The lines of a text without those that came before, whatever its length.
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::vector<std::string> seen;
    std::string line;
    while (std::getline(std::cin, line)) {
        bool known = false;
        for (const std::string& other : seen)
            if (other == line) known = true;
        if (!known) {
            seen.push_back(line);
            std::cout << line << std::endl;
        }
    }
    return seen.empty() ? 1 : 0;
}
