// How often each word occurs, in the order in which the words first come.
#include <iostream>
#include <string>
#include <vector>

int main() {
    int count;
    std::cin >> count;
    std::vector<std::string> words;
    std::vector<int> times;
    for (int i = 0; i < count; i++) {
        std::string word;
        std::cin >> word;
        size_t at = 0;
        while (at < words.size() && words[at] != word) at++;
        if (at == words.size()) {
            words.push_back(word);
            times.push_back(0);
        }
        times[at]++;
    }
    for (size_t at = 0; at < words.size(); at++)
        std::cout << words[at] << " " << times[at] << std::endl;
}
