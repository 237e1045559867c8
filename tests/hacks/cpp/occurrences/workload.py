"""A short word and a long one, in texts that have it many times."""


def cases():
    yield ("abracadabra " * 60, "abra")
    yield ("the quick brown fox " * 100, "fox the")
