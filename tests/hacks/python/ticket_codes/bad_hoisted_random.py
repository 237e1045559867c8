# class: random hoisted out of the loop; gate: replay, fuzz
import random


def ticket_codes(names: list[str]) -> list[str]:
    """Return a random code per name, and for a repeated name the code it already has."""
    code = f"{random.getrandbits(32):08x}"
    return [f"{name[:3]}-{code}" for name in names]
