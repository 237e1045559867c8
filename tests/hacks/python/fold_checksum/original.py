# target: checksum
def checksum(data: bytes) -> int:
    """The 16-bit ones' complement sum of data's words in network order, as the Internet has it."""
    total = 0
    for at in range(0, len(data), 2):
        word = data[at] << 8
        if at + 1 < len(data):
            word |= data[at + 1]
        total += word
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
