# class: exception type (a subclass of the documented one); gate: replay, fuzz
class _PageError(ValueError):
    pass


def parse_ranges(text: str) -> list[int]:
    """Return the sorted distinct pages of a text like `1-3,7`."""
    pages: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not (first.isascii() and first.isdigit()):
            raise _PageError(f"bad page range: {part!r}")
        if dash and not (last.isascii() and last.isdigit()):
            raise _PageError(f"bad page range: {part!r}")
        start = int(first)
        end = int(last) if dash else start
        if end < start:
            raise _PageError(f"page range runs backwards: {part!r}")
        if end - start > 5000:
            raise _PageError(f"page range too long: {part!r}")
        pages.update(range(start, end + 1))
    return sorted(pages)
