from original import common_items


def test_shared():
    assert common_items([1, 2, 3], [2, 3, 4]) == [2, 3]


def test_nothing_shared():
    assert common_items([1, 2], [3]) == []


def test_empty():
    assert common_items([], [1]) == []
