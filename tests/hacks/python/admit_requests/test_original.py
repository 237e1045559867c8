import pytest
from original import RateLimiter


def test_limit():
    limiter = RateLimiter(2, 10)
    assert limiter.admit([1, 2, 3, 12]) == [1, 2, 12]
    assert limiter.refused == 1


def test_remembered():
    limiter = RateLimiter(1, 10)
    limiter.admit([5])
    assert limiter.admit([6, 15]) == [15]


def test_backwards():
    with pytest.raises(ValueError):
        RateLimiter(1, 10).admit([5, 4])
