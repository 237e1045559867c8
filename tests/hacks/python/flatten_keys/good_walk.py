# kind: one dict for the whole recursion
def flatten(data: dict, prefix: str = "") -> dict:
    """Nested dicts as one, with the keys joined by dots."""
    result = {}
    def walk(name, each):
        for key, value in each.items():
            path = f"{name}.{key}" if name else str(key)
            if isinstance(value, dict):
                walk(path, value)
            else:
                result[path] = value
    walk(prefix, data)
    return result
