"""The forms beyond the examples of the rules for recursion, bisection and runs."""

import pytest

from tests.agents.test_rules import by_rule, outcome

TEXTS = ("'aabbba'", "''", "'a'", "[1, 1.0, 2, 2, True]", "[]", "'abc'")
SORTED = """
def f(values, limits):
    ordered = sorted(values)
    found = []
    for t in limits:
        {}
    return found
"""
RUNS = """
def f(s):
    if not s:
        return []
    out = []
    {}
    return out
"""


def body(source: str, text: str, indent: int) -> str:
    """A frame with a body put in at its place."""
    return source.format(text.strip("\n").replace("\n", "\n" + " " * indent))


def in_loop(text: str) -> str:
    """A body that runs for each limit, beside a list in order."""
    return body(SORTED, text, 8)


def in_runs(text: str) -> str:
    """A body that writes the runs of `s` to `out`."""
    return body(RUNS, text, 4)


LIMITS = ("[3, 1, 2, 1], [0, 1, 2.5, 9]", "[], [1]", "['b', 'a'], ['b']", "[1, 1, 1], [1]")
FIRES = [
    # Tail calls in branches, in both arms of an expression, after `and`, with a default.
    (
        "tail-recursion-to-while",
        "def f(xs, t, lo, hi):\n    if lo > hi:\n        return -1\n    mid = (lo + hi) // 2\n"
        "    if xs[mid] < t:\n        return f(xs, t, mid + 1, hi)\n"
        "    return mid if xs[mid] == t else f(xs, t, lo, mid - 1)\n",
        ("[1, 2, 3, 5], 5, 0, 3", "[1, 2, 3], 0, 0, 2"),
    ),
    (
        "tail-recursion-to-while",
        "def f(s):\n    return len(s) < 2 or s[0] == s[-1] and f(s[1:-1])\n",
        ("'abba'", "'ab'", "''", "[1, 2, 1.0]"),
    ),
    (
        "tail-recursion-to-while",
        "def f(n, total=1):\n    if n > 1:\n        return f(n - 1, total=total * n)\n"
        "    if n == 1:\n        return total\n",
        ("5", "1", "-2", "4.5"),
    ),
    (
        "recursion-to-accumulator",
        "def f(n):\n    if n == 1:\n        return 0\n    if n % 2 == 0:\n"
        "        return 1 + f(n // 2)\n    return 1 + f(3 * n + 1)\n",
        ("27", "1", "6"),
    ),
    # Floats and texts keep the order of operations.
    (
        "recursion-to-stack",
        "def f(x, n):\n    if n == 0:\n        return 1\n    elif n % 2 == 0:\n"
        "        return f(x * x, n // 2)\n    else:\n        return x * f(x, n - 1)\n",
        ("1.1, 13", "2, 10", "3, 0"),
    ),
    (
        "recursion-to-stack",
        "def f(n):\n    return str(n % 2) if n < 2 else f(n // 2) + str(n % 2)\n",
        ("10", "0", "1"),
    ),
    (
        "recursion-to-stack",
        "def f(xs, i=0):\n    if i >= len(xs):\n        return []\n    if xs[i] > 0:\n"
        "        return [xs[i]] + f(xs, i + 1)\n    return f(xs, i + 1)\n",
        ("[1, -1, 2]", "[]"),
    ),
    (
        "recursion-bottom-up",
        "def f(n):\n    if n < 0:\n        raise ValueError('no')\n    if n in (1, 2):\n"
        "        return 1\n    if not n:\n        return 0\n"
        "    return f(n - 1) - f(n - 3) + n\n",
        ("-1", "0", "1", "2", "3", "12"),
    ),
    (
        "recursion-bottom-up",
        "def f(n):\n    if n == 0:\n        return 1\n    return n * f(n - 1)\n",
        ("0", "1", "30", "True", "-1"),
    ),
    (
        "slice-recursion-to-loop",
        "def f(xs):\n    if len(xs) == 1:\n        return xs[0]\n"
        "    return xs[0] if xs[0] > f(xs[1:]) else f(xs[1:])\n",
        ("[1, 3, 2]", "[]", "'a'"),
    ),
    (
        "slice-recursion-to-loop",
        "def f(s):\n    if s == '':\n        return s\n    return s[-1] + f(s[:-1])\n",
        ("'abc'", "''"),
    ),
    ("sorted-membership-to-bisect", in_loop("found.append(t not in ordered)"), LIMITS),
    ("sorted-count-to-bisect", in_loop("found.append(sum(t <= v for v in ordered) * 2)"), LIMITS),
    ("sorted-count-to-bisect", in_loop("found.append(ordered.count(t))"), LIMITS),
    (
        "sorted-count-to-bisect",
        in_loop("found.append(len([v for v in ordered if t < v <= t * 2]))"),
        LIMITS[:2],
    ),
    (
        "sorted-count-to-bisect",
        in_loop(
            "n = 0\nfor v in ordered:\n    if v <= t:\n        n += 1\n    else:\n"
            "        break\nfound.append(n)"
        ),
        LIMITS,
    ),
    (
        "sorted-scan-to-bisect",
        in_loop("i = 0\nwhile i < len(ordered) and ordered[i] <= t:\n    i += 1\nfound.append(i)"),
        LIMITS,
    ),
    (
        "sorted-scan-to-bisect",
        in_loop(
            "at = None\nfor i in range(len(ordered)):\n    if t < ordered[i]:\n        at = i\n"
            "        break\nfound.append(at)"
        ),
        LIMITS,
    ),
    (
        "sorted-scan-to-bisect",
        in_loop("for v in ordered:\n    if v >= t:\n        return v"),
        LIMITS,
    ),
    (
        "sorted-scan-to-bisect",
        in_loop(
            "found.append(next((v for v in ordered if v >= t), None))\n"
            "at = next((i for i, v in enumerate(ordered) if t < v), -1)\nfound.append(at)"
        ),
        LIMITS,
    ),
    (
        "runs-to-groupby",
        in_runs(
            "last, n = s[0], 1\nfor i in range(1, len(s)):\n    if s[i] != last:\n"
            "        out.append((n, last))\n        last = s[i]\n        n = 1\n"
            "    else:\n        n += 1\nout.append((n, last))"
        ),
        TEXTS,
    ),
    (
        "runs-to-groupby",
        in_runs(
            "n = 1\nfor i in range(1, len(s)):\n    if s[i] == s[i - 1]:\n        n += 1\n"
            "    else:\n        out.append(f'{n}{s[i - 1]}')\n        n = 1\n"
            "out.append(f'{n}{s[-1]}')"
        ),
        TEXTS,
    ),
    (
        "runs-to-groupby",
        "def f(s):\n    out = []\n    last = s[0]\n    n = 1\n    for c in s[1:]:\n"
        "        if c == last:\n            n += 1\n        else:\n"
        "            out.append((last, n))\n            n = 1\n        last = c\n"
        "    out.append((last, n))\n    return out\n",
        TEXTS,
    ),
    (
        "runs-to-groupby",
        in_runs(
            "last = None\nn = 0\nfor c in s:\n    if c == last:\n        n += 1\n    else:\n"
            "        if last is not None:\n            out.append((last, n))\n"
            "        last = c\n        n = 1\nif last is not None:\n    out.append((last, n))"
        ),
        TEXTS,
    ),
    (
        "run-scan-to-groupby",
        in_runs(
            "i, size = 0, len(s)\nwhile i < size:\n    n = 1\n"
            "    while i + 1 < size and s[i] == s[i + 1]:\n        n += 1\n        i += 1\n"
            "    if n > 1:\n        out.append((s[i], n))\n    i += 1"
        ),
        TEXTS,
    ),
    (
        "run-scan-to-groupby",
        in_runs(
            "i = 0\nwhile i < len(s):\n    n = 0\n    c = s[i]\n"
            "    while i < len(s) and s[i] == c:\n        n += 1\n        i += 1\n"
            "    out.append((c, n))"
        ),
        TEXTS,
    ),
    (
        "run-scan-to-groupby",
        in_runs(
            "i = 0\nwhile i < len(s):\n    n = 1\n"
            "    while i + n < len(s) and s[i + n] == s[i]:\n        n += 1\n"
            "    out.append([s[i]] * n)\n    i += n"
        ),
        TEXTS,
    ),
    (
        "longest-run-to-groupby",
        "def f(s):\n    best = 0\n    n = 1\n    for i in range(len(s) - 1):\n"
        "        if s[i] != s[i + 1]:\n            n = 1\n        else:\n            n += 1\n"
        "            if n > best:\n                best = n\n    return best\n",
        TEXTS,
    ),
]


@pytest.mark.parametrize(("rule", "source", "calls"), FIRES)
def test_forms_behave_the_same(rule: str, source: str, calls: tuple[str, ...]) -> None:
    """Each form is rewritten into a text that gives the same values and kinds of exception."""
    texts = by_rule(source, rule)
    assert texts
    for text in texts:
        for arguments in calls:
            ours, theirs = outcome(source, arguments), outcome(text, arguments)
            assert isinstance(ours, tuple) and isinstance(theirs, tuple)
            raised = isinstance(ours[0], type) and issubclass(ours[0], Exception)
            assert theirs[:1] == ours[:1] if raised else theirs == ours, (arguments, text)


LEFT_ALONE = [
    # Something is done between or after the calls.
    ("tail-recursion-to-while", "def f(n):\n    if n:\n        f(n - 1)\n    print(n)\n"),
    ("tail-recursion-to-while", "def f(n):\n    for m in n:\n        return f(m)\n"),
    (
        "tail-recursion-to-while",
        "def f(n):\n    try:\n        return f(n - 1)\n    finally:\n        n = 0\n",
    ),
    # A function made on the way keeps its own `n`.
    (
        "tail-recursion-to-while",
        "def f(n, fs):\n    if n == 0:\n        return fs\n    return f(n - 1, fs + [lambda: n])\n",
    ),
    # Sums of floats depend on their order.
    (
        "recursion-to-accumulator",
        "def f(x, n):\n    if n == 0:\n        return 0\n    return x + f(x, n - 1)\n",
    ),
    (
        "recursion-to-stack",
        "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + f(n - 2)\n",
    ),
    # The recursion passes by its base case, or goes another way.
    (
        "recursion-bottom-up",
        "def f(n):\n    if n == 2:\n        return 2\n    return f(n - 1) + f(n - 2)\n",
    ),
    (
        "recursion-bottom-up",
        "def f(n):\n    if n > 100:\n        return n\n    return 1 + f(n - 1)\n",
    ),
    (
        "slice-recursion-to-loop",
        "def f(xs):\n    if not xs:\n        return 0\n    return xs[-1] + f(xs[1:])\n",
    ),
    # The list changes after it was sorted, or is in another order.
    (
        "sorted-membership-to-bisect",
        in_loop("if t in ordered:\n    ordered.remove(t)"),
    ),
    (
        "sorted-count-to-bisect",
        in_loop("found.append(ordered.count(t))").replace("sorted(values)", "list(values)"),
    ),
    (
        "sorted-count-to-bisect",
        in_loop("found.append(ordered.count(t))").replace("(values)", "(values, key=abs)"),
    ),
    # What the loop leaves in its target is read.
    (
        "sorted-scan-to-bisect",
        in_loop("for v in ordered:\n    if t < v:\n        break\nfound.append(v)"),
    ),
    # The place of a run is wanted, not only its length.
    (
        "run-scan-to-groupby",
        in_runs(
            "i = 0\nwhile i < len(s):\n    j = i + 1\n"
            "    while j < len(s) and s[j] == s[i]:\n        j += 1\n"
            "    out.append((i, j))\n    i = j"
        ),
    ),
    # Without a check for an empty sequence, the last element's index raises.
    (
        "runs-to-groupby",
        "def f(s):\n    out = []\n    n = 1\n    for i in range(1, len(s)):\n"
        "        if s[i] == s[i - 1]:\n            n += 1\n        else:\n"
        "            out.append((s[i - 1], n))\n            n = 1\n"
        "    out.append((s[-1], n))\n    return out\n",
    ),
]


@pytest.mark.parametrize(("rule", "source"), LEFT_ALONE)
def test_left_alone(rule: str, source: str) -> None:
    """Where the text shows that a rewrite would change what happens, none is proposed."""
    assert by_rule(source, rule) == []


METHOD = """
class Numbers:
    base = 1

    def f(self, n):
        if n <= 1:
            return self.base
        return n * self.f(n - 1)
"""


def test_methods_call_themselves_through_self() -> None:
    """`self.f(n - 1)` is a recursion as `f(n - 1)` is; a call of the same name elsewhere is not."""
    (text,) = by_rule(METHOD, "recursion-bottom-up", "Numbers.f")
    call = "\n\ndef f(n):\n    return Numbers().f(n)\n"
    for arguments in ("0", "1", "6"):
        assert outcome(text + call, arguments) == outcome(METHOD + call, arguments)
    other = METHOD.replace("self.f(n - 1)", "f(n - 1)")
    assert by_rule(other, "recursion-bottom-up", "Numbers.f") == []
