# class: off by one (the last column is compared with the first); gate: suite, replay, fuzz
import numpy as np


def edge_strength(image: np.ndarray) -> np.ndarray:
    """Return for each pixel how far the ones right of it and below it differ from it, as int64.

    A pixel of the last column or row has no neighbour there, and counts 0 for it.

    Raises:
        TypeError: `image` is not a two-dimensional array of uint8.
    """
    if image.ndim != 2 or image.dtype != np.uint8:
        raise TypeError(f"{image.ndim} dimensions of {image.dtype}")
    wide = image.astype(np.int64)
    result = np.abs(np.roll(wide, -1, axis=1) - wide)
    result[:-1] += np.abs(wide[1:] - wide[:-1])
    return result
