# class: early return (the last run lost); gate: suite, replay, fuzz
def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    parts = []
    previous, count = "", 0
    for character in text:
        if character == previous:
            count += 1
            continue
        parts.append(previous if count < 2 else f"{previous}{count}")
        previous, count = character, 1
    return "".join(parts) + previous
