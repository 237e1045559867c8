// Equal values count as a pair in the wrong order.
#include <algorithm>
#include <cstdio>
#include <vector>

static int tree[20010];

int main() {
    int n;
    if (std::scanf("%d", &n) != 1) return 0;
    std::vector<int> values(n);
    for (int &value : values)
        if (std::scanf("%d", &value) != 1) return 0;
    std::vector<int> sorted(values);
    std::sort(sorted.begin(), sorted.end());
    long long wrong = 0;
    for (int i = n - 1; i >= 0; --i) {
        int rank = std::lower_bound(sorted.begin(), sorted.end(), values[i]) - sorted.begin() + 1;
        for (int at = rank; at > 0; at -= at & -at) wrong += tree[at];
        for (int at = rank; at <= n; at += at & -at) ++tree[at];
    }
    std::printf("%lld\n", wrong);
}
