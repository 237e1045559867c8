from original import count_paths


def test_square():
    assert count_paths(3, 3) == 6


def test_line():
    assert count_paths(1, 6) == 1


def test_nothing():
    assert count_paths(0, 3) == 0
