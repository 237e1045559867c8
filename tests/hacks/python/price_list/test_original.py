from original import prices


def test_prices():
    assert prices({"a": 1}, ["a", "b"]) == [1, -1]
