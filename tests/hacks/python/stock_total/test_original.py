import pytest
from original import Stock


def test_total():
    assert Stock([("a", 2), ("b", 3), ("a", 1)]).total(["a", "b"]) == 6


def test_added():
    stock = Stock([("a", 2)])
    stock.add("a", 5)
    assert stock.total(["a"]) == 7


def test_missing():
    with pytest.raises(KeyError):
        Stock([]).total(["a"])
