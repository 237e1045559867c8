from original import count_true


def test_count():
    assert count_true(["Yes", "no", "ON"]) == 2
