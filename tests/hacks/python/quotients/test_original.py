import numpy as np
from original import quotients


def test_quotients():
    assert quotients(np.array([1.0, 3.0, 5.0]), np.array([2.0, 0.0, -4.0])).tolist() == [
        0.5,
        0.0,
        -1.25,
    ]


def test_many():
    shares = np.arange(2000) / 7
    wholes = np.arange(2000) % 5 - 1.0
    assert np.isfinite(quotients(shares, wholes)).all()
