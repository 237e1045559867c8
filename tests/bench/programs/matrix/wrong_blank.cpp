// Without the blank at the end of each line.
#include <iostream>
#include <vector>
using namespace std;
const unsigned long long MOD = 1000000007;

int main() {
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    int n;
    cin >> n;
    vector<vector<unsigned long long>> a(n, vector<unsigned long long>(n)), b(a), c(a);
    for (auto& row : a)
        for (auto& value : row) cin >> value;
    for (auto& row : b)
        for (auto& value : row) cin >> value;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            for (int j = 0; j < n; j++) c[i][j] += a[i][k] * b[k][j];
            if (k % 8 == 7)
                for (auto& value : c[i]) value %= MOD;
        }
        for (int j = 0; j < n; j++) cout << c[i][j] % MOD << (j + 1 < n ? " " : "\n");
    }
}
