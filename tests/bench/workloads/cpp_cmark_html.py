"""Text of three sizes, one character in twenty of which HTML must escape."""

import random

adapter = r"""
#include <string>
#include <vector>
std::string call(const std::vector<unsigned char>& text, bool secure) {
    cmark_strbuf out = CMARK_BUF_INIT(cmark_get_default_mem_allocator());
    houdini_escape_html0(&out, text.data(), static_cast<bufsize_t>(text.size()), secure);
    std::string found(reinterpret_cast<const char*>(out.ptr), out.size);
    cmark_strbuf_free(&out);
    return found;
}
"""


def cases():
    draw = random.Random(11)
    yield ([], True)
    for size in (80, 2_000, 40_000):
        text = [draw.choice(b"<>&\"'/") if draw.random() < 0.05 else draw.randrange(32, 127)
                for _ in range(size)]  # fmt: skip
        yield (text, True)
        yield (text, False)
