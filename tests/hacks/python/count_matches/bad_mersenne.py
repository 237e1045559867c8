# class: equal hashes for equal contents (modulo 2**61 - 1); gate: fuzz, measure
MOD = (1 << 61) - 1
BASE = 131
def count_matches(text: str, part: str) -> int:
    """How often the part begins somewhere in the text; overlaps count."""
    size = len(part)
    if size > len(text):
        return 0
    if size == 0:
        return len(text) + 1
    top = pow(BASE, size, MOD)
    wanted = now = 0
    for letter in part:
        wanted = (wanted * BASE + ord(letter)) % MOD
    count = 0
    for index, letter in enumerate(text):
        now = (now * BASE + ord(letter)) % MOD
        if index >= size:
            now = (now - ord(text[index - size]) * top) % MOD
        if index >= size - 1 and now == wanted:
            count += 1
    return count
