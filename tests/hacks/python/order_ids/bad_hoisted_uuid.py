# class: uuid4 hoisted out of the loop; gate: replay, fuzz, baseline; decision: refuted, unknown, error; peer: codeflash
import uuid


def order_ids(names: list[str]) -> dict[str, str]:
    """Return a fresh identifier per distinct name."""
    fresh = uuid.uuid4().hex
    return {name: fresh for name in names}
