# target: zigzag
"""Variable-length integers."""


def zigzag(value: int) -> bytes:
    """Encode for the wire: value is mapped to a non-negative integer, then sent in groups of 7 bits."""
    if value < 0:
        number = -2 * value - 1
    else:
        number = 2 * value
    out = b""
    while True:
        group = number & 127
        number = number >> 7
        if number:
            out = out + bytes([group | 128])
        else:
            out = out + bytes([group])
            break
    return out
