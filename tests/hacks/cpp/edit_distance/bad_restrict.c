// class: aliasing assumption (restrict); gate: scope, policy
// target: edit_distance
#include <stdlib.h>
#include <string.h>

int edit_distance(const char *restrict a, const char *restrict b) {
    const size_t length = strlen(b);
    int *row = (int *)malloc((length + 1) * sizeof *row);
    int last;
    if (row == NULL) return -1;
    for (size_t j = 0; j <= length; ++j) row[j] = (int)j;
    for (size_t i = 0; a[i] != 0; ++i) {
        int diagonal = row[0];
        row[0] = (int)i + 1;
        for (size_t j = 0; j < length; ++j) {
            int best = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            if (diagonal + 1 < best) best = diagonal + 1;
            if (row[j] + 1 < best) best = row[j] + 1;
            row[j + 1] = best;
        }
    }
    last = row[length];
    free(row);
    return last;
}
