"""Letters to fill in."""

def cases():
    yield ("Dear ${name}, you owe ${sum} to ${whom}. " * 20, {"name": "Ann", "sum": "10", "whom": "us"})
    yield ("plain text ${x} " * 10, {"y": "1"})
