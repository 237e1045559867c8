// The most value that fits: n things with weight and value, each once.
#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, room;
    cin >> n >> room;
    vector<vector<long long>> best(n + 1, vector<long long>(room + 1, 0));
    for (int i = 1; i <= n; i++) {
        int weight, value;
        cin >> weight >> value;
        for (int used = 0; used <= room; used++) {
            best[i][used] = best[i - 1][used];
            if (used >= weight) best[i][used] = max(best[i][used], best[i - 1][used - weight] + value);
        }
    }
    cout << best[n][room] << endl;
}
