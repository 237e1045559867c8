import numpy as np
import pytest
from original import centred


def test_centred():
    assert centred(np.array([1.0, 2.0, 6.0])).tolist() == [-2.0, -1.0, 3.0]


def test_tiny():
    assert np.allclose(centred(np.array([1e-10, 3e-10])), [-1e-10, 1e-10])


def test_empty():
    with pytest.raises(ValueError):
        centred(np.array([]))
