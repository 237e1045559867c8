import pytest
from original import BadPairError, parse_pairs


def test_pairs():
    assert parse_pairs("a=1;b=2") == {"a": 1, "b": 2}


def test_bad():
    with pytest.raises(BadPairError):
        parse_pairs("a=x")
