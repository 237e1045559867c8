# class: exact type (the view returned is read-only); gate: replay, fuzz
def unmasked(data: bytearray, key: bytes) -> memoryview:
    if not key:
        raise ValueError("no key")
    size = len(data)
    mask = (key * (size // len(key) + 1))[:size]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")
    data[:] = mixed.to_bytes(size, "little")
    return memoryview(data).toreadonly()
