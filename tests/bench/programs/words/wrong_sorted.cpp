// In alphabetical order.
#include <iostream>
#include <map>
#include <string>

int main() {
    std::ios::sync_with_stdio(false);
    int count;
    std::cin >> count;
    std::map<std::string, int> times;
    std::string word;
    for (int i = 0; i < count; i++) {
        std::cin >> word;
        times[word]++;
    }
    for (const auto& [name, number] : times) std::cout << name << ' ' << number << '\n';
}
