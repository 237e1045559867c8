"""Many ranges over one ledger."""

import random

adapter = r"""
std::vector<std::uint64_t> call(
    const std::vector<std::uint64_t>& amounts,
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges) {
    return Ledger(amounts).totals(ranges);
}
"""


def cases():
    draw = random.Random(29)
    for size in (10, 200, 1000):
        amounts = [draw.getrandbits(64) for _ in range(size)]
        places = [sorted(draw.randrange(size + 1) for _ in range(2)) for _ in range(size)]
        yield (amounts, [tuple(pair) for pair in places])
