# kind: vectorized (one exclusive or of two long integers)
def unmasked(data: bytearray, key: bytes) -> memoryview:
    if not key:
        raise ValueError("no key")
    size = len(data)
    mask = (key * (size // len(key) + 1))[:size]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")
    data[:] = mixed.to_bytes(size, "little")
    return memoryview(data)
