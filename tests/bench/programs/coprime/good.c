#include <stdio.h>

int values[5000];

static int divisor(int a, int b) {
    while (b) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int main(void) {
    int n, i, j, found = 0;
    scanf("%d", &n);
    for (i = 0; i < n; i++) scanf("%d", &values[i]);
    for (i = 0; i < n; i++)
        for (j = i + 1; j < n; j++)
            if (divisor(values[i], values[j]) == 1) found++;
    printf("%d\n", found);
    return 0;
}
