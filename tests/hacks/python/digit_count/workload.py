"""Numbers of all sizes."""


def cases():
    for n in (12345, 5**60, 3**300, -(7**400)):
        yield (n,)
