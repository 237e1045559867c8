// target: edit_distance
#include <stdlib.h>
#include <string.h>

int edit_distance(const char *a, const char *b) {
    const size_t height = strlen(a) + 1;
    const size_t width = strlen(b) + 1;
    int *cost = (int *)malloc(height * width * sizeof *cost);
    int last;
    if (cost == NULL) return -1;
    for (size_t i = 0; i < height; ++i) {
        for (size_t j = 0; j < width; ++j) {
            int best;
            if (i == 0 || j == 0) {
                best = (int)(i + j);
            } else {
                best = cost[(j - 1) * height + i - 1] + (a[i - 1] != b[j - 1]);
                if (cost[j * height + i - 1] + 1 < best) best = cost[j * height + i - 1] + 1;
                if (cost[(j - 1) * height + i] + 1 < best) best = cost[(j - 1) * height + i] + 1;
            }
            cost[j * height + i] = best;
        }
    }
    last = cost[height * width - 1];
    free(cost);
    return last;
}
