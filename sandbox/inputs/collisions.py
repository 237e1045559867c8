"""Texts that a polynomial hash takes for equal, made for the numbers in an edit's file.

An edit that compares hashes and never the texts is right on all but one in 2**30 or 2**60 texts.
"""

from collections.abc import Iterator, Sequence

LEAST_MODULUS, LARGEST_MODULUS = 2**16, 2**64
LENGTHS = (128, 256, 512, 1_024, 2_048, 4_096)
MOST_HASHES, ATTEMPTS, LETTERS = 8, 8, 26
Signs = tuple[int, ...]
"""-1, 0 or 1 for each power of the base, from the lowest."""


def hashes_in(literals: Sequence[object]) -> list[tuple[int, int]]:
    """(base, modulus): each two ints that may be those of a hash, the likely ones first: moduli
    that are prime or a power of two, bases that can tell letters apart.

    Without odd bases modulo a power of two, which `meetings.thue_morse` is for.
    """
    ints = [item for item in literals if type(item) is int]
    moduli = {
        # A mask stands for the power of two above it.
        item + (item & (item + 1) == 0 and item.bit_length() in (32, 64))
        for item in ints
        if LEAST_MODULUS < item <= LARGEST_MODULUS
    }
    bases = {item for item in ints if 2 < item < LARGEST_MODULUS}
    found = [
        (base, modulus)
        for modulus in sorted(moduli, key=lambda item: (not _is_likely(item), item))
        for base in sorted(bases, key=lambda item: (item < LETTERS, item))
        if base < modulus and not (base % 2 and modulus & (modulus - 1) == 0)
    ]
    return found[:MOST_HASHES]


def _is_likely(modulus: int) -> bool:
    return modulus & (modulus - 1) == 0 or pow(2, modulus - 1, modulus) == 1


def vanishing(base: int, modulus: int) -> Signs | None:
    """Signs for which the sum of sign * base**power is 0 modulo `modulus`; not all are 0.

    Powers next to each other in size are subtracted, then the differences, and so on: each round
    divides them by about as many as there are. All times one factor are another attempt at it.
    Source: the tree attack in dacin21, On the mathematics behind rolling hashes and anti-hash
    tests, https://codeforces.com/blog/entry/60442 (2018).
    """
    for length in LENGTHS:
        powers = [pow(base, power, modulus) for power in range(length)]
        # Odd, so that what vanishes times the factor vanishes without it, too.
        for factor in range(1, 2 * ATTEMPTS, 2):
            found = _halved([factor * power % modulus for power in powers], modulus)
            if found is not None:
                return found
    return None


def _halved(values: Sequence[int], modulus: int) -> Signs | None:
    """Signs for which the sum of sign * value is 0, if halving finds them."""
    sums = [(value, {place: 1}) for place, value in enumerate(values)]
    while len(sums) > 1:
        sums.sort(key=lambda item: item[0])
        sums = [
            (high - low, {**more, **{place: -sign for place, sign in less.items()}})
            for (low, less), (high, more) in zip(sums[::2], sums[1::2], strict=False)
        ]
        for total, signs in sums:
            if total % modulus == 0:
                return tuple(signs.get(place, 0) for place in range(len(values)))
    return None


def colliding(literals: Sequence[object], letters: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of two texts of these letters that a hash with the numbers of an edit cannot tell.

    For hashes in which the last letter has the lowest power, and for those in which the first has.
    """
    low, high = letters
    for base, modulus in hashes_in(literals):
        signs = vanishing(base, modulus)
        if signs is None:
            continue
        one = "".join(high if sign > 0 else low for sign in signs)
        other = "".join(high if sign < 0 else low for sign in signs)
        yield one[::-1], other[::-1]
        yield one, other
