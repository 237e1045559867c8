# class: exception dropped on a rare path (the length limit); gate: fuzz, coverage, mutants; decision: refuted, unknown
def parse_ranges(text: str) -> list[int]:
    """Return the sorted distinct pages of a text like `1-3,7`."""
    pages: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not (first.isascii() and first.isdigit()):
            raise ValueError(f"bad page range: {part!r}")
        if dash and not (last.isascii() and last.isdigit()):
            raise ValueError(f"bad page range: {part!r}")
        start = int(first)
        end = int(last) if dash else start
        if end < start:
            raise ValueError(f"page range runs backwards: {part!r}")
        pages.update(range(start, end + 1))
    return sorted(pages)
