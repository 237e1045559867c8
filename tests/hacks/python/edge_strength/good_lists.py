# kind: local binding (rows as lists of Python ints)
import numpy as np


def edge_strength(image: np.ndarray) -> np.ndarray:
    """Return for each pixel how far the ones right of it and below it differ from it, as int64.

    A pixel of the last column or row has no neighbour there, and counts 0 for it.

    Raises:
        TypeError: `image` is not a two-dimensional array of uint8.
    """
    if image.ndim != 2 or image.dtype != np.uint8:
        raise TypeError(f"{image.ndim} dimensions of {image.dtype}")
    result = np.zeros(image.shape, dtype=np.int64)
    rows = image.tolist()
    for index, row in enumerate(rows):
        line = [abs(right - here) for here, right in zip(row, row[1:] + row[-1:])]
        if index + 1 < len(rows):
            below = rows[index + 1]
            line = [side + abs(down - here) for side, here, down in zip(line, row, below)]
        result[index] = line
    return result
