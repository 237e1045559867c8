// k minus a value is kept in 32 bits.
#include <cstdio>
#include <unordered_map>

static std::unordered_map<int, int> seen;

int main() {
    int n;
    long long k, pairs = 0;
    if (std::scanf("%d %lld", &n, &k) != 2) return 0;
    for (int i = 0; i < n; i++) {
        int value;
        if (std::scanf("%d", &value) != 1) return 0;
        auto found = seen.find(k - value);
        if (found != seen.end()) pairs += found->second;
        ++seen[value];
    }
    std::printf("%lld\n", pairs);
    return 0;
}
