from original import digit_count


def test_digit_count():
    assert [digit_count(n) for n in (0, 9, -10, 123456)] == [1, 1, 2, 6]
