import numpy as np
import pytest
from original import edge_strength


def test_corner():
    image = np.array([[1, 2], [4, 8]], dtype=np.uint8)
    assert edge_strength(image).tolist() == [[4, 6], [4, 0]]


def test_other_type():
    with pytest.raises(TypeError):
        edge_strength(np.array([[1.0]]))
