# target: edge_strength
"""Edges in pictures."""

import numpy as np


def edge_strength(image: np.ndarray) -> np.ndarray:
    """Return for each pixel how far the ones right of it and below it differ from it, as int64.

    A pixel of the last column or row has no neighbour there, and counts 0 for it.

    Raises:
        TypeError: `image` is not a two-dimensional array of uint8.
    """
    if image.ndim != 2 or image.dtype != np.uint8:
        raise TypeError(f"{image.ndim} dimensions of {image.dtype}")
    rows, columns = image.shape
    result = np.zeros((rows, columns), dtype=np.int64)
    for row in range(rows):
        for column in range(columns):
            here = int(image[row, column])
            strength = 0
            if column + 1 < columns:
                strength += abs(int(image[row, column + 1]) - here)
            if row + 1 < rows:
                strength += abs(int(image[row + 1, column]) - here)
            result[row, column] = strength
    return result
