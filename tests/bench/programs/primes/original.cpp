// How many primes there are up to n.
#include <iostream>

bool prime(long long n) {
    if (n < 2) return false;
    for (long long divisor = 2; divisor * divisor <= n; divisor++)
        if (n % divisor == 0) return false;
    return true;
}

int main() {
    long long n, found = 0;
    std::cin >> n;
    for (long long number = 1; number <= n; number++)
        if (prime(number)) found++;
    std::cout << found << std::endl;
}
