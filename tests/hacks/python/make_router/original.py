# target: make_router
"""Routes of a small web server."""

from collections.abc import Callable


def make_router(routes: list[tuple[str, str]]) -> Callable[[str], str | None]:
    """Return a function from a path to the handler of its longest prefix among `routes`."""
    ordered = []
    for prefix, handler in routes:
        place = 0
        while place < len(ordered) and len(ordered[place][0]) >= len(prefix):
            place += 1
        ordered.insert(place, (prefix, handler))

    def route(path: str) -> str | None:
        for prefix, handler in ordered:
            if path.startswith(prefix):
                return handler
        return None

    return route
