import pytest
from original import draw_distinct


def test_distinct():
    drawn = draw_distinct(50, 20)
    assert len(set(drawn)) == 20
    assert all(0 <= number < 50 for number in drawn)


def test_too_many():
    with pytest.raises(ValueError):
        draw_distinct(2, 3)
