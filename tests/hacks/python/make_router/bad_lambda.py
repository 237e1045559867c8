# class: a lambda in place of a function; gate: replay, fuzz; decision: refuted, unknown; peer: codeflash
from collections.abc import Callable


def make_router(routes: list[tuple[str, str]]) -> Callable[[str], str | None]:
    """Return a function from a path to the handler of its longest prefix among `routes`."""
    handlers = dict(routes)
    return lambda path: handlers.get(path[: max(map(len, handlers))]) if handlers else None
