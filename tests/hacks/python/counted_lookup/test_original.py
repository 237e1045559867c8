from original import lookup


def test_lookup():
    assert lookup([("a", 1)], ["a", "b"]) == [1, None]
