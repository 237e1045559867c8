import pytest
from original import first_repeat


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], None),
        ([1], None),
        ([1, 2], None),
        ([1, 1], 1),
        ([3, 1, 3], 3),
        ([1, 2, 3, 2], 2),
        ([5, 4, 4, 5], 5),
        ([7, 8, 9], None),
    ],
)
def test_first_repeat(items, expected):
    assert first_repeat(items) == expected
