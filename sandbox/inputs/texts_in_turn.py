"""Texts that few draws would hit, each in turn: parts that overlap themselves, texts that hashes or
functions of C take for equal; alone, one in another, and as items of a list."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.characters import ANY_STRING
from perfbot.sandbox.inputs.drawing import fresh
from perfbot.sandbox.inputs.meetings import HASHED, thue_morse
from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC, Parameter, Signature

Letters = tuple[str, str]
NEARLY_ONE_LETTER = (
    ("a", "A"), ("z", "Z"), ("@", "`"), ("[", "{"), ("\\", "|"), ("]", "}"), ("^", "~"),
    ("_", "\x7f"), ("0", "\x10"), ("-", "\r"), (")", "\t"), ("!", "\x01"), ("é", "É"), ("ß", "ẞ"),
    ("ß", "ss"), ("\u017f", "s"), ("\u03c2", "\u03c3"), ("\u212a", "k"), ("\ufb01", "fi"),
    ("\u0130", "i"), ("\u00b2", "2"),
    ("x\u0301", "x"), (" ", "\u00a0"),
)  # fmt: skip
"""Pairs that some ways to pass over case take for equal and others not: `| 32` takes `@` for a
backtick, `casefold` takes two letters for one (Unicode's CaseFolding.txt), `lower` does not."""


def with_special_texts(signature: Signature, observed: Sequence[Arguments]) -> Iterator[Arguments]:
    """The first observed input with such texts in one argument, or one in another, where any string
    may be given."""
    bound = [values for item in observed if (values := signature.bind(item)) is not None]
    if not bound:
        return
    texts = [item.name for item in signature.parameters if _takes(item, ANY_STRING[:1])]
    lists = [item.name for item in signature.parameters if _takes(item, ANY_STRING[1:])]
    base = bound[0]
    letters = _letters(bound, texts)
    changes: list[dict[str, object]] = []
    for one, like in NEARLY_ONE_LETTER:
        changes += [{name: one + like} for name in texts]
        changes += [{name: [one, like, one]} for name in lists]
        for name in texts:
            changes += [{name: one, other: [like, one]} for other in lists]
            for other in texts:
                if other != name:
                    changes += [{name: one, other: like}]
                    changes += [{name: f"ab{one}cd", other: f"ab{like}cd"}]
    for name in texts:
        changes += [{name: text} for text in _alone(letters)]
        changes += [
            {name: p, other: t} for other in texts if other != name for p, t in _in(letters)
        ]
        for other in lists:
            changes += [
                {name: items[at], other: items} for items in _items(letters) for at in (0, 1)
            ]
    changes += [{name: list(items)} for name in lists for items in _items(letters)]
    for changed in changes:
        yield signature.call({name: fresh(value) for name, value in {**base, **changed}.items()})


def with_alike_texts(
    signature: Signature,
    observed: Sequence[Arguments],
    alike: Callable[[Letters], Iterator[tuple[str, str]]],
) -> Iterator[Arguments]:
    """The first observed input with two texts that `alike` makes of two letters: one behind the
    other, one in another argument or a list than the other, both in a list."""
    base = next((it for item in observed if (it := signature.bind(item)) is not None), {})
    texts = [name for name, value in base.items() if type(value) is str]
    lists = [name for name, value in base.items() if _is_list_of_texts(value)]
    if not texts and not lists:
        return
    for one, other in alike(_letters([base], texts)):
        changes: list[dict[str, object]] = []
        for name in texts:
            changes += [{name: one + other}, {name: one + other[::-1]}]
            for holder in texts:
                if holder != name:
                    changes += [{name: one, holder: other}, {name: one, holder: other + one}]
            changes += [{name: one, holder: [other, one]} for holder in lists]
        changes += [{name: [one, other, one]} for name in lists]
        for changed in changes:
            yield signature.call({key: fresh(item) for key, item in {**base, **changed}.items()})


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(type(item) is str for item in value)


def _takes(parameter: Parameter, annotations: Sequence[str]) -> bool:
    said = (parameter.annotation or "").strip("'\"")
    return said in annotations and parameter.kind not in (VARIADIC, KEYWORDS)


def _letters(bound: Sequence[Mapping[str, object]], names: Sequence[str]) -> Letters:
    """Two letters that were seen in each of the arguments, if there are."""
    seen = [{*"".join(str(values.get(name, ""))[:200] for values in bound)} for name in names]
    common = (
        sorted(letter for letter in set.intersection(*seen) if letter.isalnum()) if seen else []
    )
    return (common[0], common[-1]) if len(common) > 1 else ("a", "b")


def _alone(letters: Letters) -> Iterator[str]:
    a, b = letters
    yield from ((a + b) * 3, (a + a + b) * 3 + a, a * 5 + b, a + b + a + a + b + a)
    yield from (thue_morse(letters, size) + thue_morse((b, a), size) for size in sorted({*HASHED}))


def _in(letters: Letters) -> Iterator[tuple[str, str]]:
    """(part, text): the part occurs again before it has ended, or nearly occurs."""
    a, b = letters
    for block in (a + b, a + a + b, a + b + b):
        yield from (
            (block * 2, block * 3),
            (block + block[0], block * 3),
            (block * 2, block * 4 + a),
        )
    yield from ((a * 2, a * 5), (a * 3 + b, a * 5 + b), (a + b + a + b, a + b + a + a + b + a + b))
    part, near = _exchanged(letters)
    yield from ((part, near), (part, near + part))
    for size in sorted({*HASHED}):
        yield thue_morse(letters, size), thue_morse((b, a), size)


def _exchanged(letters: Letters) -> tuple[str, str]:
    """Two texts of the same letters and the same ends: those in the middle change places."""
    a, b = letters
    return a * 8 + a + b + b * 8, a * 8 + b + a + b * 8


def _items(letters: Letters) -> Iterator[list[str]]:
    """Lists of texts that are nearly equal, of which one comes twice."""
    a, b = letters
    kept = f"{a}{b}\0"
    yield [kept + a, kept + b, kept + a]
    one, other = _exchanged(letters)
    yield [one, other, one]
    for size in sorted({*HASHED}):
        one, other = thue_morse(letters, size), thue_morse((b, a), size)
        yield [one, other, one]
