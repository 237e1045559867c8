from original import render


def test_render():
    assert render([1, 2.5, "x"]) == ["1", "2.50", "x"]
