// How many pairs have the sum k.
#include <iostream>
#include <vector>
using namespace std;

int main() {
    int n;
    long long k;
    cin >> n >> k;
    vector<int> values(n);
    for (int i = 0; i < n; i++) cin >> values[i];
    long long pairs = 0;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
            if ((long long)values[i] + values[j] == k) pairs++;
    cout << pairs << endl;
    return 0;
}
