# target: unmasked


def unmasked(data: bytearray, key: bytes) -> memoryview:
    """Undo a websocket's mask in place; what is returned looks at the caller's buffer."""
    if not key:
        raise ValueError("no key")
    for position in range(len(data)):
        data[position] = data[position] ^ key[position % len(key)]
    return memoryview(data)
