import numpy as np
from original import axis_totals


def test_lines():
    assert axis_totals(np.array([1, 2, 3])) == 6
    assert axis_totals(np.array([5, -7])) == -2
    assert axis_totals(np.arange(3000)) == 4498500
