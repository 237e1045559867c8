// The length of the longest strictly rising subsequence.
#include <algorithm>
#include <iostream>
#include <vector>
using namespace std;

int main() {
    int n;
    cin >> n;
    vector<int> values(n), best(n, 1);
    for (int i = 0; i < n; i++) cin >> values[i];
    int longest = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++)
            if (values[j] < values[i]) best[i] = max(best[i], best[j] + 1);
        longest = max(longest, best[i]);
    }
    cout << longest << "\n";
    return 0;
}
