# class: type asked for exactly (an OrderedDict is no dict to it); gate: fuzz
def flatten(data: dict, prefix: str = "") -> dict:
    """Nested dicts as one, with the keys joined by dots."""
    result = {}
    def walk(name, each):
        for key, value in each.items():
            path = f"{name}.{key}" if name else str(key)
            if type(value) is dict:
                walk(path, value)
            else:
                result[path] = value
    walk(prefix, data)
    return result
