// kind: memory order (the matrix by rows)
// target: edit_distance
#include <stdlib.h>
#include <string.h>

int edit_distance(const char *a, const char *b) {
    const size_t height = strlen(a) + 1;
    const size_t width = strlen(b) + 1;
    int *cost = (int *)malloc(height * width * sizeof *cost);
    int last;
    if (cost == NULL) return -1;
    for (size_t j = 0; j < width; ++j) cost[j] = (int)j;
    for (size_t i = 1; i < height; ++i) {
        const int *above = cost + (i - 1) * width;
        int *row = cost + i * width;
        row[0] = (int)i;
        for (size_t j = 1; j < width; ++j) {
            int best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    last = cost[height * width - 1];
    free(cost);
    return last;
}
