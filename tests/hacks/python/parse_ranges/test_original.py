import pytest
from original import parse_ranges


def test_ranges():
    assert parse_ranges("1-3, 7") == [1, 2, 3, 7]


@pytest.mark.parametrize("text", ["", "a", "3-", "4-2"])
def test_refused(text):
    with pytest.raises(ValueError):
        parse_ranges(text)
