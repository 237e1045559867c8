// class: out of bounds (a row of 256); gate: sanitize, fuzz, replay
// target: edit_distance
#include <stdlib.h>
#include <string.h>

int edit_distance(const char *a, const char *b) {
    const size_t length = strlen(b);
    int row[256];
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
    return row[length];
}
