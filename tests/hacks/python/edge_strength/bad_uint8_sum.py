# class: overflow (one difference fits uint8, the sum of two does not); gate: replay, fuzz
import numpy as np


def edge_strength(image: np.ndarray) -> np.ndarray:
    """Return for each pixel how far the ones right of it and below it differ from it, as int64.

    A pixel of the last column or row has no neighbour there, and counts 0 for it.

    Raises:
        TypeError: `image` is not a two-dimensional array of uint8.
    """
    if image.ndim != 2 or image.dtype != np.uint8:
        raise TypeError(f"{image.ndim} dimensions of {image.dtype}")
    result = np.zeros(image.shape, dtype=np.uint8)
    result[:, :-1] += np.maximum(image[:, 1:], image[:, :-1]) - np.minimum(
        image[:, 1:], image[:, :-1]
    )
    result[:-1] += np.maximum(image[1:], image[:-1]) - np.minimum(image[1:], image[:-1])
    return result.astype(np.int64)
