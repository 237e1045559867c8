# kind: data structure (linear search to dict, the same draws)
import random


def ticket_codes(names: list[str]) -> list[str]:
    """Return a random code per name, and for a repeated name the code it already has."""
    codes: dict[str, str] = {}
    result = []
    for name in names:
        if name not in codes:
            codes[name] = f"{name[:3]}-{random.getrandbits(32):08x}"
        result.append(codes[name])
    return result
