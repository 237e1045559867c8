"""Sentences with quotes, dashes and dots, as an article has them."""


def cases():
    yield ("He asked -- twice -- why.",)
    yield ('\'Twas late... and \\-- as ever \\. -- nobody (no one!) knew \\"why\\".',)
