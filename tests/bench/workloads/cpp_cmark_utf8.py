"""English and Japanese text of three sizes, and broken UTF-8, to be checked and mended."""

import random

adapter = r"""
#include <string>
#include <vector>
std::string call(const std::vector<unsigned char>& line) {
    cmark_strbuf out = CMARK_BUF_INIT(cmark_get_default_mem_allocator());
    cmark_utf8proc_check(&out, line.data(), static_cast<bufsize_t>(line.size()));
    std::string found(reinterpret_cast<const char*>(out.ptr), out.size);
    cmark_strbuf_free(&out);
    return found;
}
"""
SCRIPTS = ((0x20, 0x7F), (0xC0, 0x250), (0x3040, 0x9FFF), (0x1F300, 0x1F640))


def cases():
    draw = random.Random(13)
    for size in (60, 2_000, 40_000):
        for shares in ((980, 18, 1, 1), (70, 0, 930, 0)):
            picked = draw.choices(SCRIPTS, shares, k=size)
            text = "".join(chr(draw.randrange(*script)) for script in picked).encode()
            yield (list(text),)
    broken = bytearray(text)
    for _ in range(200):
        broken[draw.randrange(len(broken))] = draw.randrange(256)
    yield (list(broken),)
