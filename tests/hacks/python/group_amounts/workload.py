"""Records of which a few share each key."""

import random


def cases():
    draw = random.Random(17)
    for size in (25, 100, 300):
        yield ([(f"k{draw.randrange(size // 3 + 1)}", draw.randrange(-9, 90)) for _ in range(size)],)
