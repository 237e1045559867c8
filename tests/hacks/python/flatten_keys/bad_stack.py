# class: key order (the last dict is opened first); gate: replay, fuzz
def flatten(data: dict, prefix: str = "") -> dict:
    """Nested dicts as one, with the keys joined by dots."""
    result = {}
    stack = [(prefix, data)]
    while stack:
        name, each = stack.pop()
        for key, value in each.items():
            path = f"{name}.{key}" if name else str(key)
            if isinstance(value, dict):
                stack.append((path, value))
            else:
                result[path] = value
    return result
