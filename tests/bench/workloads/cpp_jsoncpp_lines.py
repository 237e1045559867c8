"""Comments of three sizes, with line ends of all three kinds."""

import random

# `normalizeEOL` is private: a template may name it all the same, once, when it is instantiated.
adapter = r"""
#include <string>
template <class Found, Found found> struct Told { friend Found told(Found*) { return found; } };
using Normalize = std::string (*)(const char*, const char*);
Normalize told(Normalize*);
template struct Told<Normalize, &Json::Reader::normalizeEOL>;
std::string call(const std::string& comment) {
    return told(static_cast<Normalize*>(nullptr))(comment.data(), comment.data() + comment.size());
}
"""


def cases():
    draw = random.Random(37)
    for size in (1, 40, 800):
        for end in ("\n", "\r\n", "\r"):
            lines = ("".join(draw.choices("abc def/*", k=draw.randrange(60))) for _ in range(size))
            yield (end.join(lines) + end,)
