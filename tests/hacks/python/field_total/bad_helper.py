# class: a warning that points elsewhere; gate: replay, fuzz
import warnings


def _clean(name: str) -> str:
    if "-" in name:
        warnings.warn("use underscores", DeprecationWarning, stacklevel=2)
        return name.replace("-", "_")
    return name


def field_total(rows: list[dict[str, int]], name: str) -> int:
    """Sum of a field. Names with a dash are deprecated: a warning at the caller's line."""
    name = _clean(name)
    return sum([row[name] for row in rows if name in row])
