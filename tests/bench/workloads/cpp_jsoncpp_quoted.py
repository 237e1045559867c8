"""Texts of three sizes to be written as JSON strings, plain and with characters to escape."""

import random

adapter = r"""
#include <string>
std::string call(const std::string& value, bool as_utf8) {
    return Json::valueToQuotedStringN(value.data(), value.size(), as_utf8);
}
"""


def cases():
    draw = random.Random(31)
    for size in (30, 1_000, 20_000):
        plain = "".join(chr(draw.randrange(35, 91)) for _ in range(size))
        yield (plain, False)
        mixed = "".join(
            chr(draw.choice((9, 10, 34, 92, 233, 0x4E2D, 0x1F600))) if draw.random() < 0.1 else item
            for item in plain
        )
        yield (mixed, False)
        yield (mixed, True)
