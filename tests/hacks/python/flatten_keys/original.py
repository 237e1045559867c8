# target: flatten
def flatten(data: dict, prefix: str = "") -> dict:
    """Nested dicts as one, with the keys joined by dots."""
    result = {}
    for key, value in data.items():
        name = prefix + "." + str(key) if prefix else str(key)
        if isinstance(value, dict):
            for inner, item in flatten(value, name).items():
                result[inner] = item
        else:
            result[name] = value
    return result
