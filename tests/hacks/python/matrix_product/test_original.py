import pytest
from original import Matrix


def test_product():
    assert Matrix.product([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]


def test_shapes():
    with pytest.raises(ValueError):
        Matrix.product([[1, 2]], [[1, 2]])
