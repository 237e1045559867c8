# class: RNG consumption changed (a code is drawn for every name, kept or not); gate: replay, fuzz
import random


def ticket_codes(names: list[str]) -> list[str]:
    """Return a random code per name, and for a repeated name the code it already has."""
    codes: dict[str, str] = {}
    return [
        codes.setdefault(name, f"{name[:3]}-{random.getrandbits(32):08x}") for name in names
    ]
