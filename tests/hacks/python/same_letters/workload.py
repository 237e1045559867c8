"""Words that are anagrams."""


def cases():
    yield ("abcdefghij" * 60, "jihgfedcba" * 60)
    yield ("letters and more letters " * 20, "letters and more letters "[::-1] * 20)
