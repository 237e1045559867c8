#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, room;
    cin >> n >> room;
    vector<long long> best(room + 1, 0);
    for (int i = 1; i <= n; i++) {
        int weight, value;
        cin >> weight >> value;
        for (int used = room; used >= weight; used--) best[used] = max(best[used], best[used - weight] + value);
    }
    cout << best[room] << endl;
}
