// Sums of ranges: n values, then q pairs of places.
#include <iostream>
#include <vector>
using namespace std;

long long sum_of(vector<int> values, int from, int to) {
    long long sum = 0;
    for (int at = from; at <= to; at++) sum += values[at - 1];
    return sum;
}

int main() {
    int n, q;
    cin >> n >> q;
    vector<int> values(n);
    for (auto& value : values) cin >> value;
    while (q--) {
        int from, to;
        cin >> from >> to;
        cout << sum_of(values, from, to) << endl;
    }
}
