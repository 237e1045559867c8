"""Rows with different names, and with equal ones."""


def cases():
    yield ([{f"c{(i + n) % 40}": i for n in range(20)} for i in range(60)],)
    yield ([{f"c{n}": i for n in range(30)} for i in range(20)],)
