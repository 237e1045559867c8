from original import fill
def test_fill():
    assert fill("a ${b} c", {"b": "B"}) == "a B c"
    assert fill("a ${b} c", {}) == "a ${b} c"
