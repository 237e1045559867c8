#include <iostream>
#include <string>
#include <unordered_set>

int main() {
    std::ios::sync_with_stdio(false);
    std::unordered_set<std::string> seen;
    std::string line;
    while (std::getline(std::cin, line))
        if (seen.insert(line).second) std::cout << line << '\n';
    return seen.empty() ? 1 : 0;
}
