# target: ticket_codes
"""Codes for tickets."""

import random


def ticket_codes(names: list[str]) -> list[str]:
    """Return a random code per name, and for a repeated name the code it already has."""
    codes: list[tuple[str, str]] = []
    result = []
    for name in names:
        for known, code in codes:
            if known == name:
                result.append(code)
                break
        else:
            code = f"{name[:3]}-{random.getrandbits(32):08x}"
            codes.append((name, code))
            result.append(code)
    return result
