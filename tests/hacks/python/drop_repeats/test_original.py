from original import drop_repeats


def test_removed():
    assert drop_repeats([1, 1, 2]) == 1


def test_in_place():
    items = [3, 3, 4]
    drop_repeats(items)
    assert sorted(items) == [3, 4]
