# class: random drawn at import time; gate: policy, replay, fuzz
import random

_SALT = random.getrandbits(32)


def ticket_codes(names: list[str]) -> list[str]:
    """Return a random code per name, and for a repeated name the code it already has."""
    return [f"{name[:3]}-{_SALT ^ hash(name) & 0xFFFFFFFF:08x}" for name in names]
