// The remainder is taken too seldom: after 19 products of large values 64 bits are full.
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
            if (k % 32 == 31)
                for (auto& value : c[i]) value %= MOD;
        }
        for (auto& value : c[i]) cout << value % MOD << " ";
        cout << "\n";
    }
}
