"""Lines of which a few share each customer."""

import random

from original import Line


def cases():
    draw = random.Random(19)
    for size in (20, 50, 110):
        yield (
            [Line(f"c{draw.randrange(size // 4 + 1)}", draw.randrange(-5, 60)) for _ in range(size)],
        )
