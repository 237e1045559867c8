from original import order_ids


def test_every_name():
    assert list(order_ids(["a", "b", "a"])) == ["a", "b"]


def test_length():
    assert len(order_ids(["a"])["a"]) == 32
