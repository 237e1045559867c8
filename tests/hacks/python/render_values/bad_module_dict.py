# class: a copy, made at import, of a table that others extend; gate: policy
_FORM = dict(FORMATS)


def render(values: list[float | int | str]) -> list[str]:
    """Each value as text, by the last format of its kind."""
    get = _FORM.get
    return [get(type(value).__name__, "{}").format(value) for value in values]
