#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int count;
    std::cin >> count;
    std::unordered_map<std::string, size_t> places;
    std::vector<std::string> words;
    std::vector<int> times;
    std::string word;
    for (int i = 0; i < count; i++) {
        std::cin >> word;
        auto [found, is_new] = places.try_emplace(word, words.size());
        if (is_new) {
            words.push_back(word);
            times.push_back(0);
        }
        times[found->second]++;
    }
    for (size_t at = 0; at < words.size(); at++)
        std::cout << words[at] << ' ' << times[at] << '\n';
}
