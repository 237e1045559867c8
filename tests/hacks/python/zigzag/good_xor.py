# kind: bit arithmetic for a loop
def zigzag(value: int) -> bytes:
    """Encode for the wire: value is mapped to a non-negative integer, then sent in groups of 7 bits."""
    number = -2 * value - 1 if value < 0 else 2 * value
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)
