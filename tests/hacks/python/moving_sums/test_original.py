import numpy as np
import pytest
from original import moving_sums


def test_windows():
    assert moving_sums(np.array([1, 2, 3, 4]), 2).tolist() == [3, 5, 7]


def test_bad_width():
    with pytest.raises(ValueError):
        moving_sums(np.array([1, 2]), 3)
