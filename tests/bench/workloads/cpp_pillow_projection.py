"""Grey images and coloured ones, mostly black, whose rows and columns with ink are asked for."""

import random

adapter = r"""
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

std::pair<std::vector<unsigned char>, std::vector<unsigned char>> call(
    const std::vector<std::uint32_t>& pixels, std::uint8_t bands, std::uint16_t width) {
    ImagingMemoryInstance image;
    std::memset(&image, 0, sizeof image);
    image.bands = bands % 3 == 0 ? 1 : bands % 3 == 1 ? 3 : 4;
    image.type = IMAGING_TYPE_UINT8;
    image.xsize = width;
    image.ysize = width == 0 ? 0 : static_cast<int>(pixels.size()) / width;
    std::vector<unsigned char> grey(pixels.begin(), pixels.end());
    std::vector<std::uint32_t> colour(pixels);
    std::vector<char*> rows;
    for (int y = 0; y < image.ysize; ++y)
        rows.push_back(image.bands == 1 ? reinterpret_cast<char*>(grey.data() + y * width)
                                        : reinterpret_cast<char*>(colour.data() + y * width));
    image.image = rows.data();
    if (image.bands == 1) image.image8 = reinterpret_cast<UINT8**>(rows.data());
    else image.image32 = reinterpret_cast<INT32**>(rows.data());
    std::vector<unsigned char> across(image.xsize + 1), down(image.ysize + 1);
    ImagingGetProjection(&image, across.data(), down.data());
    return {across, down};
}
"""


def cases():
    draw = random.Random(23)
    for width in (6, 60, 300):
        for bands in (0, 1, 2):
            ink = [draw.getrandbits(32) if draw.random() < 0.3 else 0 for _ in range(width * width)]
            yield (ink, bands, width)
