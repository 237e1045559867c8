// The best of one text is kept for the next.
#include <iostream>
#include <string>
using namespace std;

int main() {
    ios::sync_with_stdio(false);
    int texts;
    cin >> texts;
    int best = 0;
    while (texts--) {
        string text;
        cin >> text;
        int size = text.size();
        for (int middle = 0; middle < size; middle++)
            for (int even = 0; even < 2; even++) {
                int left = middle, right = middle + even;
                while (left >= 0 && right < size && text[left] == text[right]) left--, right++;
                best = max(best, right - left - 1);
            }
        cout << best << '\n';
    }
}
