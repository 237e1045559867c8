// The product of two square matrices, modulo 1000000007.
#include <iostream>
#include <vector>
using namespace std;
typedef vector<vector<long long>> Matrix;
const long long MOD = 1000000007;

Matrix multiply(Matrix a, Matrix b) {
    int n = a.size();
    Matrix c(n, vector<long long>(n, 0));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int k = 0; k < n; k++) c[i][j] = (c[i][j] + a[i][k] * b[k][j] % MOD) % MOD;
    return c;
}

int main() {
    int n;
    cin >> n;
    Matrix a(n, vector<long long>(n)), b(n, vector<long long>(n));
    for (auto& row : a)
        for (auto& value : row) cin >> value;
    for (auto& row : b)
        for (auto& value : row) cin >> value;
    for (auto& row : multiply(a, b)) {
        for (auto value : row) cout << value << " ";
        cout << endl;
    }
}
