"""Rows of which many repeat."""

import random
def cases():
    rng = random.Random(1)
    yield ([[rng.randrange(4) for _ in range(5)] for _ in range(200)],)
    yield ([[rng.randrange(9)] for _ in range(50)],)
