// A hash stands for the word, and eight bits of it are few.
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    int count;
    std::cin >> count;
    std::unordered_map<unsigned, size_t> places;
    std::vector<std::string> words;
    std::vector<int> times;
    std::string word;
    for (int i = 0; i < count; i++) {
        std::cin >> word;
        unsigned hash = 0;
        for (char letter : word) hash = hash * 31 + letter;
        auto [found, is_new] = places.try_emplace(hash & 0xffff, words.size());
        if (is_new) {
            words.push_back(word);
            times.push_back(0);
        }
        times[found->second]++;
    }
    for (size_t at = 0; at < words.size(); at++)
        std::cout << words[at] << ' ' << times[at] << '\n';
}
