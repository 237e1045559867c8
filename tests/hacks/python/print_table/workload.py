"""Tables with rows of several lengths."""

import random


def cases():
    draw = random.Random(23)
    for size in (8, 20, 45):
        yield (
            [
                ["x" * draw.randrange(9) for _ in range(draw.randrange(1, 7))]
                for _ in range(size)
            ],
        )
