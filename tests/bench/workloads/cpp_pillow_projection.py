"""Grey images and coloured ones, most of them black, whose rows and columns with ink are found."""

import random

adapter = r"""
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An Imaging over the caller's pixels: what ImagingGetProjection reads of it, and nothing else. */
int
call(const uint8_t *bytes, size_t n, uint8_t kind, uint16_t width,
     uint8_t *across, size_t n_across, uint8_t *down, size_t n_down) {
    static const int bands[] = {1, 3, 4};
    struct ImagingMemoryInstance image;
    memset(&image, 0, sizeof image);
    kind %= 3;
    image.bands = bands[kind];
    image.type = IMAGING_TYPE_UINT8;
    image.xsize = width;
    image.linesize = width * (kind == 0 ? 1 : 4);
    image.ysize = width == 0 ? 0 : (int)(n / image.linesize);
    if (n_across < (size_t)image.xsize || n_down < (size_t)image.ysize) {
        return -2;
    }
    char *pixels = malloc(n + 1);
    memcpy(pixels, bytes, n);
    image.image = malloc((image.ysize + 1) * sizeof(char *));
    for (int y = 0; y < image.ysize; y++) {
        image.image[y] = pixels + y * image.linesize;
    }
    if (kind == 0) {
        image.image8 = (UINT8 **)image.image;
    } else {
        image.image32 = (INT32 **)image.image;
    }
    int found = ImagingGetProjection(&image, across, down);
    free(image.image);
    free(pixels);
    return found;
}
"""


def cases():
    draw = random.Random(23)
    for width in (6, 60, 300):
        for kind in range(3):
            count = width * width * (1 if kind == 0 else 4)
            ink = [draw.randrange(256) if draw.random() < 0.02 else 0 for _ in range(count)]
            yield (ink, count, kind, width, [0] * width, width, [0] * width, width)
