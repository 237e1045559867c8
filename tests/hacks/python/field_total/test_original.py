import pytest
from original import field_total


def test_total():
    assert field_total([{"a_b": 1}, {"c": 2}], "a_b") == 1


def test_warns():
    with pytest.warns(DeprecationWarning):
        assert field_total([{"a_b": 1}, {"c": 2}], "a-b") == 1
