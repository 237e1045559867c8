import pytest
from original import clean_names


def test_stripped():
    assert clean_names([" a", "b ", "a"]) == ["a", "b"]


def test_blank():
    with pytest.warns(UserWarning):
        assert clean_names([" "]) == []
