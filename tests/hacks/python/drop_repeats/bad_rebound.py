# class: in-place mutation of arguments dropped; gate: suite, replay, fuzz; peer: codeflash
def drop_repeats(items: list[int]) -> int:
    """Remove from `items` what occurred earlier in it; return how many were removed."""
    return len(items) - len(set(items))
