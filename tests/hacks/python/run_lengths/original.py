# target: run_lengths
"""Text shortened by its runs."""


def run_lengths(text: str) -> str:
    """Write each run of two or more equal characters as the character and its count."""
    out = ""
    for index, character in enumerate(text):
        if index > 0 and text[index - 1] == character:
            continue
        count = 1
        while text[index : index + count + 1] == character * (count + 1):
            count += 1
        out = out + character
        if count > 1:
            out = out + str(count)
    return out
