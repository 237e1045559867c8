"""What argument lists are drawn from: the shapes of the parameters and the observed inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfbot.sandbox.inputs.arguments import Arguments
from perfbot.sandbox.inputs.arrays import axes_of, is_hollow, shares_axes
from perfbot.sandbox.inputs.choices import Choices
from perfbot.sandbox.inputs.containers import keeps_alphabet
from perfbot.sandbox.inputs.drawing import Drawing, Hint, fresh
from perfbot.sandbox.inputs.meetings import meet, pairs_in
from perfbot.sandbox.inputs.perturb import perturbed
from perfbot.sandbox.inputs.quoting import quote, texts_in
from perfbot.sandbox.inputs.relations import Relations
from perfbot.sandbox.inputs.scalars import Shape, Texts
from perfbot.sandbox.inputs.signature import KEYWORDS, VARIADIC, Parameter, Signature

ANEW = 40
"""Percent of the changed copies of observed inputs in which one argument is drawn anew: what is
peculiar to it then meets the others as they were observed."""
MEETING = 20
"""Percent of the draws in which one argument is made to occur in another, where it can."""
QUOTING, MOST_QUOTED = 12, 3
"""Percent of the draws in which texts quote one another, and how often in one draw."""
ATTEMPTS = 3
"""Changed copies of observed inputs that are tried for one that keeps the relations."""


def _break(drawing: Drawing, hints: Sequence[Hint], percent: int) -> None:
    """Lets this draw ignore all relations, or one of them."""
    if not drawing.choices.chance(percent):
        return
    if hints and drawing.choices.chance(40):
        drawing.broken = frozenset([drawing.choices.pick(hints)])
    else:
        drawing.all_broken = True


@dataclass(frozen=True, slots=True)
class Source:
    """What argument lists are drawn from."""

    signature: Signature
    shapes: Mapping[str, Shape]
    """By parameter; one without a shape is always omitted."""
    relations: Relations
    seen: tuple[Mapping[str, object], ...]
    """Observed inputs small enough to be changed and passed again."""
    rarely_given: frozenset[str]
    twins: tuple[tuple[str, str], ...]
    """Pairs of parameters that may be given one and the same object."""
    shared_axes: bool = True
    """No observed input has arrays of different sizes."""

    def draw(self, drawing: Drawing, break_percent: int) -> Arguments:
        """One argument list, which shares no mutable part with any other."""
        choices = drawing.choices
        _break(drawing, self.relations.hints, break_percent)
        drawing.dims = {} if self.shared_axes and not drawing.all_broken else None
        bound = None
        roll = choices.integer(0, 19)
        if self.seen and roll >= 13:
            bound = self._near_observed(drawing, crossed=roll >= 18)
        if bound is None:
            bound = self._new(drawing)
        drawn = [(value, self.shapes.get(name)) for name, value in bound.items()]
        if self.seen and is_hollow(drawn):
            bound = {name: fresh(value) for name, value in choices.pick(self.seen).items()}
        pairs = pairs_in(bound)
        if pairs and choices.chance(MEETING):
            bound = self._met(bound, choices.pick(pairs), drawing)
        holds = any(isinstance(value, (list, tuple, dict)) for value in bound.values())
        if holds and choices.chance(QUOTING) and texts_in(bound):
            bound = self._quoting(bound, drawing)
        if self.twins and choices.chance(4):
            one, other = choices.pick(self.twins)
            if one in bound and other in bound:
                bound[other] = bound[one]
        return self.signature.call(bound, by_keyword=choices.chance(5))

    def _quoting(self, bound: dict[str, object], drawing: Drawing) -> dict[str, object]:
        """The arguments, or observed ones, with texts that quote one another."""
        choices = drawing.choices
        if self.seen and choices.chance(60):
            bound = {name: fresh(value) for name, value in choices.pick(self.seen).items()}
        for _ in range(choices.integer(1, MOST_QUOTED)):
            texts = texts_in(bound)
            if texts:
                bound = self._kept(bound, quote(bound, texts, choices), drawing)
        return bound

    def _met(
        self, bound: dict[str, object], pair: tuple[str, str], drawing: Drawing
    ) -> dict[str, object]:
        """The arguments with one made to occur in another, if that keeps what must be kept."""
        met = dict(bound)
        meet(met, pair, drawing.choices)
        value, most = met[pair[0]], drawing.max_int
        if isinstance(value, int) and most is not None and abs(value) > most:
            return bound
        return self._kept(bound, met, drawing)

    def _kept(
        self, bound: dict[str, object], made: dict[str, object], drawing: Drawing
    ) -> dict[str, object]:
        """The changed arguments, if they keep the relations and alphabets that were observed."""
        if not (drawing.all_broken or drawing.broken or self.relations.hold(made)):
            return bound
        spelled = all(
            keeps_alphabet(drawing, self.shapes[name], (name,), value)
            for name, value in made.items()
            if value is not bound[name] and name in self.shapes
        )
        return made if spelled else bound

    def _new(self, drawing: Drawing) -> dict[str, object]:
        self.relations.settle(drawing)
        drawing.dims = None if drawing.dims is None else {}
        bound: dict[str, object] = {}
        for parameter in self.signature.parameters:
            shape = self.shapes.get(parameter.name)
            if shape is None or self._omits(parameter, drawing.choices):
                continue
            bound[parameter.name] = shape.draw(drawing, (parameter.name,))
        return bound

    def _omits(self, parameter: Parameter, choices: Choices) -> bool:
        if parameter.required:
            return False
        if parameter.kind in (VARIADIC, KEYWORDS):
            return choices.chance(15)
        return choices.chance(70 if parameter.name in self.rarely_given else 15)

    def _near_observed(self, drawing: Drawing, *, crossed: bool) -> dict[str, object] | None:
        """A changed copy of an observed input, or None where the relations were not kept."""
        choices = drawing.choices
        for _ in range(ATTEMPTS):
            base = choices.pick(self.seen)
            if crossed and len(self.seen) > 1 and len(base) > 1:
                bound = {name: self._same_from_another(name, base, choices) for name in base}
            elif len(base) > 1 and choices.chance(ANEW):
                bound = dict(base)
                name = choices.pick(list(base))
                if name in self.shapes:
                    drawing.dims = None if drawing.dims is None else axes_of(bound, without=name)
                    bound[name] = self._anew(name, bound[name], drawing)
            else:
                bound = dict(base)
                name = choices.pick(list(base) or [""])
                if name in base:
                    donors = [other[name] for other in self.seen[:8] if name in other]
                    for _ in range(choices.integer(1, 3)):
                        bound[name] = perturbed(bound[name], choices, donors=donors)
            copied = {name: fresh(value) for name, value in bound.items()}
            if drawing.all_broken or drawing.broken:
                return copied
            if self.relations.hold(copied) and (not self.shared_axes or shares_axes(copied)):
                return copied
        return None

    def _anew(self, name: str, value: object, drawing: Drawing) -> object:
        shape = self.shapes[name]
        if isinstance(shape, Texts) and isinstance(value, str) and drawing.choices.chance(50):
            return shape.respelt(drawing, (name,), value)
        return shape.draw(drawing, (name,))

    def _same_from_another(self, name: str, base: Mapping[str, object], choices: Choices) -> object:
        return choices.pick(self.seen).get(name, base[name])
