"""Composite numbers that pass for primes, where an edit takes powers modulo a number.

Fermat's test, and Miller's with a few fixed bases, err on one number in millions: no draw finds it.
"""

import re
from collections.abc import Iterator, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.signature import Signature

PSEUDOPRIMES = (
    341, 561, 1105, 2047, 294_409, 1_373_653, 25_326_001, 56_052_361, 118_901_521, 1_299_963_601,
    3_215_031_751, 4_759_123_141, 2_152_302_898_747, 3_474_749_660_383, 341_550_071_728_321,
    3_825_123_056_546_413_051, 318_665_857_834_031_151_167_461,
)  # fmt: skip
"""The least strong pseudoprimes to the first 1 to 12 primes as bases (OEIS A014233), to 2, 7 and 61
(G. Jaeschke, On strong pseudoprimes to several bases, Math. Comp. 61, 1993); and pseudoprimes to
base 2 and Carmichael numbers, some without small factors ((6k+1)(12k+1)(18k+1): J. Chernick, 1939).
"""
MODULAR = re.compile(r"pow\((?:[^(),]|\([^()]*\))+,(?:[^(),]|\([^()]*\))+,|\*[^*;\n%]*%")
"""A power with a modulus, or a product that is reduced at once. No text takes long to search."""


def with_pseudoprimes(
    signature: Signature, observed: Sequence[Arguments], edit: str
) -> Iterator[Arguments]:
    """The first observed input with each of them in turn in place of an int, or of a list's ints;
    none where the file `edit` reduces no product. The original may do that, too: with more bases.
    """
    bound = next((it for item in observed if (it := signature.bind(item)) is not None), {})
    if not MODULAR.search(edit):
        return
    for number in PSEUDOPRIMES:
        for name, value in bound.items():
            if type(value) is int:
                made: object = number
            elif isinstance(value, list) and value and all(type(item) is int for item in value):
                made = [number]
            else:
                continue
            yield signature.call({**{key: fresh(item) for key, item in bound.items()}, name: made})
