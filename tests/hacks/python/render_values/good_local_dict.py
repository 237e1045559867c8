# kind: data structure (a dict made at each call)
def render(values: list[float | int | str]) -> list[str]:
    """Each value as text, by the last format of its kind."""
    get = dict(FORMATS).get
    return [get(type(value).__name__, "{}").format(value) for value in values]
