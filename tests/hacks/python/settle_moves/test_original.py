import pytest
from original import settle


def test_settle():
    b = {"a": 5, "b": 1}
    settle(b, [("a", "b", 2)])
    assert b == {"a": 3, "b": 3}


def test_missing():
    with pytest.raises(KeyError):
        settle({"a": 5}, [("a", "zz", 2)])
