// The length of the longest palindrome in each of t texts.
#include <iostream>
#include <string>
using namespace std;

bool same(string text) {
    for (size_t i = 0; i < text.size(); i++)
        if (text[i] != text[text.size() - 1 - i]) return false;
    return true;
}

int main() {
    int texts;
    cin >> texts;
    while (texts--) {
        string text;
        cin >> text;
        size_t best = 0;
        for (size_t from = 0; from < text.size(); from++)
            for (size_t length = best + 1; from + length <= text.size(); length++)
                if (same(text.substr(from, length))) best = length;
        cout << best << endl;
    }
}
