# kind: numpy (differences of whole rows and columns, in int64)
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
    result = np.zeros(image.shape, dtype=np.int64)
    result[:, :-1] += np.abs(wide[:, 1:] - wide[:, :-1])
    result[:-1] += np.abs(wide[1:] - wide[:-1])
    return result
