"""Sentences and long texts."""


def cases():
    yield ("A man, a plan, a canal: Panama",)
    yield ("Able was I, ere I saw Elba! " * 40,)
    yield ("abc cba " * 300,)
