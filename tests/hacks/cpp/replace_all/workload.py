"""Texts in which a word is replaced."""


def cases():
    for size in (5, 100, 600):
        yield ("the cat and the dog; " * size, "the", "another")
        yield ("ab" * size, "b", "")
