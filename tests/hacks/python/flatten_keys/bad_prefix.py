# class: semantic drift (an empty key leaves a dot); gate: replay, fuzz
def flatten(data: dict, prefix: str = "") -> dict:
    """Nested dicts as one, with the keys joined by dots."""
    result = {}
    def walk(name, each):
        for key, value in each.items():
            path = name + str(key)
            if isinstance(value, dict):
                walk(path + ".", value)
            else:
                result[path] = value
    walk(prefix + "." if prefix else "", data)
    return result
