// What is worth most for its weight goes first.
#include <bits/stdc++.h>
using namespace std;

int main() {
    int n, room;
    cin >> n >> room;
    vector<pair<double, pair<int, int>>> things(n);
    for (auto& [worth, thing] : things) {
        cin >> thing.first >> thing.second;
        worth = -double(thing.second) / thing.first;
    }
    sort(things.begin(), things.end());
    long long total = 0;
    for (auto& [worth, thing] : things)
        if (thing.first <= room) {
            room -= thing.first;
            total += thing.second;
        }
    cout << total << endl;
}
