# class: wrong only for empty input; gate: suite, replay, fuzz
def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    parts = []
    previous, count = text[0], 1
    for character in text[1:]:
        if character == previous:
            count += 1
        else:
            parts.append(previous if count == 1 else f"{previous}{count}")
            previous, count = character, 1
    parts.append(previous if count == 1 else f"{previous}{count}")
    return "".join(parts)
