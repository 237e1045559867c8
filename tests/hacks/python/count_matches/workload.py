"""Parts that nearly overlap, and words."""

def cases():
    yield ("ab" * 400 + "a", "abab" * 20)
    yield ("the quick brown fox " * 30, "quick")
