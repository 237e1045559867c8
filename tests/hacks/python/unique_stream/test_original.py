from original import unique


def test_unique():
    assert list(unique([1, 2, 1, 3])) == [1, 2, 3]


def test_lazy():
    assert next(iter(unique([7, 7]))) == 7
