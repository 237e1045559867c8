"""Images of every type that has extrema, small to 512 x 512."""

import random
import struct

adapter = r"""
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An Imaging over the caller's pixels: what ImagingGetExtrema reads of it, and nothing else. */
int
call(const uint8_t *bytes, size_t n, uint8_t kind, uint16_t width,
     uint8_t *extrema, size_t n_extrema) {
    static const char *const modes[] = {"L", "I", "F", "I;16"};
    static const int types[] = {
        IMAGING_TYPE_UINT8, IMAGING_TYPE_INT32, IMAGING_TYPE_FLOAT32, IMAGING_TYPE_SPECIAL};
    static const int sizes[] = {1, 4, 4, 2};
    struct ImagingMemoryInstance image;
    memset(&image, 0, sizeof image);
    kind %= 4;
    strcpy(image.mode, modes[kind]);
    image.type = types[kind];
    image.bands = 1;
    image.pixelsize = sizes[kind];
    image.xsize = width;
    image.linesize = width * sizes[kind];
    image.ysize = width == 0 ? 0 : (int)(n / image.linesize);
    char *pixels = malloc(n + 1);
    memcpy(pixels, bytes, n);
    image.image = malloc((image.ysize + 1) * sizeof(char *));
    for (int y = 0; y < image.ysize; y++) {
        image.image[y] = pixels + y * image.linesize;
    }
    if (kind == 0 || kind == 3) {
        image.image8 = (UINT8 **)image.image;
    } else {
        image.image32 = (INT32 **)image.image;
    }
    if (n_extrema < 8) {
        return -2;
    }
    int found = ImagingGetExtrema(&image, extrema);
    free(image.image);
    free(pixels);
    return found;
}
"""
SIZES = (1, 4, 4, 2)
"""Bytes per pixel of each kind."""


def cases():
    draw = random.Random(19)
    for width in (5, 60, 512):
        for kind, size in enumerate(SIZES):
            count = width * (width if width < 512 else 256 // size)
            if kind == 0:
                pixels = bytes(draw.randrange(1, 255) for _ in range(count))
            elif kind == 2:
                pixels = struct.pack(f"<{count}f", *(draw.uniform(-1e3, 1e3) for _ in range(count)))
            else:
                pixels = draw.randbytes(count * size)
            yield (list(pixels), len(pixels), kind, width, [0] * 8, 8)
    # Where it may stop: both ends of the range in the first row, in the last one, or only one.
    for ends in (
        (0, 255, 9, 9, 9, 9),
        (9, 9, 9, 9, 0, 255),
        (0, 9, 9, 0, 9, 9),
        (255, 9, 9, 9, 9, 9),
    ):
        pixels = [ends[at // 2 % 6] for at in range(12 * 12)]
        yield (pixels, len(pixels), 0, 12, [0] * 8, 8)
