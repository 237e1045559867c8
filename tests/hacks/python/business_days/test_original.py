from datetime import date

import pytest
from original import business_days


def test_week():
    assert business_days(date(2024, 5, 6), date(2024, 5, 13), []) == 5


def test_holiday():
    assert business_days(date(2024, 5, 6), date(2024, 5, 13), [date(2024, 5, 9)]) == 4


def test_too_long():
    with pytest.raises(ValueError):
        business_days(date(1900, 1, 1), date(2024, 1, 1), [])
