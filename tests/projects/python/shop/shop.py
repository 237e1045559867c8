from collections.abc import AsyncIterator, Iterator


def thrice(x: int) -> int:
    """Three times x."""
    return sum([x for _ in range(3)])


def is_reserved(port: int) -> bool:
    """Whether a port is taken."""
    return any(port == item for item in (8080, 9443))


def cost(width: int, height: int) -> int:
    """The price of a pane."""
    price = 0
    price += 3 * width
    price += 5 * height
    return price


def is_temporary(name: str) -> bool:
    """Whether a name is that of a temporary file."""
    return name.startswith("tmp_")


def total(items: list[int]) -> int:
    """The sum of the items."""
    found = 0
    for item in items:
        found += item
    return found


def seconds(hours, minutes=0):
    """Not annotated: only its calls say what it takes."""
    return 3600 * hours + 60 * minutes


def first(items: Iterator[int]) -> int:
    return next(items)


def lazily(count: int):
    yield count


async def later(count: int) -> int:
    return count


class Shop:
    def twice(self, count: int) -> int:
        return 2 * count
