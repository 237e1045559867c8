# class: equal hashes for equal contents (a polynomial modulo a prime, never checked); gate: fuzz
def count_matches(text: str, part: str) -> int:
    """How often the part begins somewhere in the text; overlaps count."""
    size = len(part)
    if size > len(text):
        return 0
    mod, base = 10**9 + 7, 257
    top = pow(base, size, mod)
    wanted = now = 0
    for letter in part:
        wanted = (wanted * base + ord(letter)) % mod
    count = 0
    for index, letter in enumerate(text):
        now = (now * base + ord(letter)) % mod
        if index >= size:
            now = (now - ord(text[index - size]) * top) % mod
        if index >= size - 1 and now == wanted:
            count += 1
    return count + (size == 0)
