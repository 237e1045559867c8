# kind: builtin (a stable sort in place of insertion, the same function returned)
from collections.abc import Callable


def make_router(routes: list[tuple[str, str]]) -> Callable[[str], str | None]:
    """Return a function from a path to the handler of its longest prefix among `routes`."""
    ordered = sorted(routes, key=lambda pair: -len(pair[0]))

    def route(path: str) -> str | None:
        for prefix, handler in ordered:
            if path.startswith(prefix):
                return handler
        return None

    return route
