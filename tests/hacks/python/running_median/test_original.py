from original import running_median


def test_medians():
    assert list(running_median([5, 1, 4])) == [5, 3.0, 4]


def test_nothing():
    assert list(running_median([])) == []
