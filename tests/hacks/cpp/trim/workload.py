"""Texts with room around them."""


def cases():
    for room in (3, 100, 600):
        yield (" " * room + "some words" + "\n" * room,)
