import fast


def test_triangle():
    assert fast.triangle(4) == 10
