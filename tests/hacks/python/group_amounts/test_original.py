from original import group_amounts


def test_groups():
    assert group_amounts([("a", 1), ("b", 2), ("a", 3)]) == {"a": [1, 3], "b": [2]}


def test_empty():
    assert group_amounts([]) == {}
