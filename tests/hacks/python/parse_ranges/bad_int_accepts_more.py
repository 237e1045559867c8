# class: wrong only for unusual digits (int() takes signs, underscores and spaces); gate: fuzz, replay
def parse_ranges(text: str) -> list[int]:
    """Return the sorted distinct pages of a text like `1-3,7`."""
    pages: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            start = int(first)
            end = int(last) if dash else start
        except ValueError:
            raise ValueError(f"bad page range: {part!r}") from None
        if end < start:
            raise ValueError(f"page range runs backwards: {part!r}")
        if end - start > 5000:
            raise ValueError(f"page range too long: {part!r}")
        pages.update(range(start, end + 1))
    return sorted(pages)
