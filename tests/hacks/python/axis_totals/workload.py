"""One long line, and a short one."""

import numpy as np


def cases():
    yield (np.arange(20_000),)
    yield (np.arange(50),)
