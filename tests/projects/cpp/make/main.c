#include "sum.h"
#include <stdio.h>

int main(void) {
    int values[] = {1, 2, 300};
    printf("%ld\n", sum(values, 3));
    return sum(values, 3) == 103 ? 0 : 1;
}
