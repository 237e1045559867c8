# target: parse_ranges
"""Page ranges as people type them."""


def parse_ranges(text: str) -> list[int]:
    """Return the sorted distinct pages of a text like `1-3,7`.

    Raises:
        ValueError: a part is empty, is not digits, or runs backwards; the part is quoted.
    """
    pages: list[int] = []
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
        if end - start > 5000:
            raise ValueError(f"page range too long: {part!r}")
        for page in range(start, end + 1):
            if page not in pages:
                pages.append(page)
    return sorted(pages)
