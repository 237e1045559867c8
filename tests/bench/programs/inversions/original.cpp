// How many pairs stand in the wrong order.
#include <iostream>
using namespace std;

int values[20005];

int main() {
    int n;
    cin >> n;
    for (int i = 0; i < n; ++i) cin >> values[i];
    long long wrong = 0;
    for (int i = 0; i < n; ++i)
        for (int j = i + 1; j < n; ++j)
            if (values[i] > values[j]) ++wrong;
    cout << wrong << endl;
}
