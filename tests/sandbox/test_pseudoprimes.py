"""Composite numbers that pass for primes are tried where an edit takes powers modulo a number."""

import time
from pathlib import Path

import pytest

from perfbot.optimizer.session import Session
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.pseudoprimes import MODULAR, PSEUDOPRIMES, with_pseudoprimes
from perfbot.sandbox.inputs.signature import signature_of
from perfbot.sandbox.verify import judge
from tests.opened import opened_project

BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
LEAST_S = 1e-3
"""Times below say nothing: the clock itself takes some of it."""
POWERS = "def f(n):\n    return pow(2, n - 1, n) == 1\n"
PLAIN = "def f(n):\n    return n > 1\n"
PRIMES = '''\
"""Primes."""


def is_prime(n):
    """Whether n is a prime number."""
    if n < 2:
        return False
    divisor = 2
    while divisor * divisor <= n:
        if n % divisor == 0:
            return False
        divisor += 1
    return True
'''
SUITE = """\
from primes import is_prime


def test_is_prime():
    assert [n for n in range(20) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19]
    assert is_prime(1_000_003) and not is_prime(1_000_001)
"""
MILLER = """\
def is_prime(n):
    \'\'\'Whether n is a prime number.\'\'\'
    if n < 2:
        return False
    for base in (%s):
        if n %% base == 0:
            return n == base
    odd, twos = n - 1, 0
    while odd %% 2 == 0:
        odd //= 2
        twos += 1
    for base in (%s):
        power = pow(base, odd, n)
        if power in (1, n - 1):
            continue
        for _ in range(twos - 1):
            power = power * power %% n
            if power == n - 1:
                break
        else:
            return False
    return True
"""


def passes(number: int, base: int) -> bool:
    """Fermat's test."""
    return pow(base, number - 1, number) == 1


def is_strong(number: int, base: int) -> bool:
    """Miller's test."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    powers = [pow(base, odd << step, number) for step in range(twos)]
    return powers[0] == 1 or number - 1 in powers


@pytest.mark.parametrize("number", PSEUDOPRIMES)
def test_each_passes_for_a_prime_with_some_base(number: int) -> None:
    """And the tests that know all the bases call it what it is."""
    assert any(passes(number, base) for base in BASES)
    assert not all(is_strong(number, base) for base in (*BASES, 41))


@pytest.mark.parametrize("count", range(1, 13))
def test_some_pass_millers_test_with_so_many_bases(count: int) -> None:
    """However many of the first twelve primes an edit takes."""
    assert any(all(is_strong(number, base) for base in BASES[:count]) for number in PSEUDOPRIMES)


def given(edit: str, *seen: Arguments, header: str = "n") -> list[Arguments]:
    return list(with_pseudoprimes(signature_of(f"def f({header}): pass"), seen, edit))


def test_they_take_the_place_of_ints_and_of_the_items_of_lists() -> None:
    """One argument changes, the others are as seen."""
    found = given(POWERS, Arguments((7, "a"), {}), header="n, word")
    assert [item.args for item in found] == [(number, "a") for number in PSEUDOPRIMES]
    found = given(POWERS, Arguments(([7, 8],), {}))
    assert [item.args for item in found] == [([number],) for number in PSEUDOPRIMES]


@pytest.mark.parametrize(
    ("edit", "seen"), [(PLAIN, (7,)), (POWERS, ("7",)), (POWERS, (True,)), (POWERS, ([],))]
)
def test_else_there_are_none(edit: str, seen: tuple[object, ...]) -> None:
    """Without powers, or without a number to replace."""
    assert given(edit, Arguments(seen, {})) == []


@pytest.mark.parametrize("part", ["*", "pow(", "pow(a", "(a)", "pow((a),"])
def test_no_text_takes_long_to_search(part: str) -> None:
    """An edit is searched before it is judged, by perfbot itself: a text 4 times as long takes 4
    times as long, not 16."""
    short, long = (min(search_s(part * count) for _ in range(3)) for count in (20_000, 80_000))
    assert long < 10 * max(short, LEAST_S)


def search_s(text: str) -> float:
    started = time.process_time()
    MODULAR.search(text)
    return time.process_time() - started


@pytest.mark.parametrize("text", ["power * power % n", "(x * x) % m", "pow(a, b, mod)",
                                  "pow(f(a), (b + 1), c)", "r = r * b % m;"])  # fmt: skip
def test_a_product_that_is_reduced_counts(text: str) -> None:
    """In C as in Python."""
    assert given(f"def f(n):\n    {text}\n", Arguments((7,), {}))


def test_too_few_bases_are_refuted(tmp_path: Path) -> None:
    """By the least number on which they err, which no draw would find."""
    files = {"primes_py": PRIMES, "test_primes_py": SUITE}
    with opened_project(tmp_path, "is_prime", **files) as session:
        for bases, least in (("2, 3, 5", 25_326_001), ("2, 7, 61", 4_759_123_141)):
            assert str(least) in refuting_call(session, bases)


def test_fewer_bases_than_before_are_refuted(tmp_path: Path) -> None:
    """Where the original takes powers, too."""
    files = {"primes_py": written(", ".join(map(str, BASES))), "test_primes_py": SUITE}
    with opened_project(tmp_path, "is_prime", **files) as session:
        assert "2152302898747" in refuting_call(session, "2, 3, 5, 7, 11")


def refuting_call(session: Session, bases: str) -> str:
    """The counterexample of Miller's test with these bases."""
    trial = judge(session.baseline, Edit(written(bases)))
    assert trial.decision == "refuted", trial.reason
    found = trial.verdict.decisive
    assert found is not None and found.counterexample is not None
    return found.counterexample.call


def written(bases: str) -> str:
    return PRIMES[: PRIMES.index("def ")] + MILLER % (bases, bases)
