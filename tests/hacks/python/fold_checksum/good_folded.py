# kind: sums over slices instead of a loop over words
def checksum(data: bytes) -> int:
    """The 16-bit ones' complement sum of data's words in network order, as the Internet has it."""
    total = (sum(data[::2]) << 8) + sum(data[1::2])
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
