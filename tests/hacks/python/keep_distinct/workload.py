"""Numbers, half of them repeats."""


def cases():
    yield ([at * 7919 % 400 for at in range(800)],)
    yield ([5, 3, 5],)
