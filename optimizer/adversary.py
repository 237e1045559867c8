"""The adversary of a run: who is asked, and the gate that tries what it writes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from perfbot.agents.search import Account, parse_budget
from perfbot.optimizer.config import Options
from perfbot.optimizer.planner import facts_of
from perfbot.optimizer.session import Say, Session
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.gates import adversary as gate
from perfbot.sandbox.language import Gate
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.written import MOST, packed, ran, unpacked

if TYPE_CHECKING:
    from perfbot.agents.llm import Model

SAME = "same"
"""As the adversary's name: the model that proposes."""
KEPT, KEPT_BYTES = 200, 1 << 18
"""So many written inputs are tried on every later edit of a run."""
RECIPE = "adversary_inputs"
"""Under this name a commit's options hold the inputs that its edit was tried on."""


def require_adversary(options: Options) -> None:
    """Check, before any work, that the adversary can be asked.

    Raises: UsageError for `same` without a model, for a model that is not known or has no key, and
    for one without a price where the budget is in dollars.
    """
    if options.adversary is None:
        if options.adversary_api_base is not None:
            raise UsageError(
                "--adversary-api-base is given, but no adversary", "add --adversary NAME"
            )
        return
    if options.adversary == SAME and options.model is None:
        raise UsageError(
            "--adversary same needs the model that proposes",
            "add --proposer llm --model NAME, or name the adversary's model",
        )
    from perfbot.agents.calls import Usage
    from perfbot.agents.llm import price, require_usable

    model = adversary_model(options)
    require_usable(model)
    priced = options.budget is not None and parse_budget(options.budget).usd is not None
    if priced and price(model, Usage(1000, 1000)) is None:
        raise UsageError(
            f"the price of {model.name} is not known, so a budget in dollars cannot be kept",
            "give the budget in tokens, e.g. --budget 200ktok",
        )


def adversary_model(options: Options) -> "Model":
    """The model that the options name as adversary, on the server that they name."""
    from perfbot.agents.llm import Model

    name = options.model if options.adversary == SAME else options.adversary
    assert name is not None
    return Model(
        name,
        options.adversary_api_base or options.api_base,
        options.temperature,
        options.reply_tokens,
        options.model_timeout,
    )


def adversary_in(
    session: Session, account: Account, options: Options, say: Say
) -> tuple[Gate, ...]:
    """The gate of the run's adversary; none where none was asked for."""
    if options.adversary is None:
        return ()
    from perfbot.agents.adversary import Adversary
    from perfbot.agents.asker import Asker
    from perfbot.agents.context import background

    asker = Asker(adversary_model(options), account, say)
    adversary = Adversary(
        session.target,
        asker,
        background(session.target, facts_of(session)),
        most_inputs=MOST,
        prompt_tokens=options.prompt_tokens,
        say=say,
    )

    def check(candidate: Candidate) -> Evidence:
        # What it wrote against earlier edits costs nothing, and may be all that is needed.
        known = written_for(account.archive.trials())
        found = gate.check(candidate, known)
        if found.status < Status.SURVIVED:
            return found
        program = adversary.write(candidate.edit)
        if not program.source:
            return gate.check(candidate, known, problem=program.problem)
        made = ran(session.baseline.project, program.source)
        return gate.check(candidate, [*known, *made.inputs], problem=made.problem)

    return (check,)


def written_for(trials: Sequence[Trial]) -> list[bytes]:
    """The inputs that these trials' evidence keeps, each once; of too many the last ones."""
    found = (
        inputs
        for trial in trials
        for item in trial.verdict.evidence
        if item.gate == gate.NAME
        for inputs in gate.inputs_in(item.data)
    )
    kept: dict[bytes, None] = {}
    size = 0
    for item in reversed(dict.fromkeys(found)):
        size += len(item)
        if size > KEPT_BYTES or len(kept) >= KEPT:
            break
        kept[item] = None
    return list(reversed(kept))


def with_written(written: Sequence[bytes]) -> tuple[Gate, ...]:
    """The gate that tries inputs written before; no model is asked. None where there are none."""
    if not written:
        return ()

    def check(candidate: Candidate) -> Evidence:
        return gate.check(candidate, written)

    return (check,)


def recipe_part(trial: Trial) -> dict[str, object]:
    """What a commit's options say of the adversary: the inputs that its edit was tried on."""
    text = packed(written_for([trial]))
    return {RECIPE: text} if text else {}


def written_in(recipe: Mapping[str, object]) -> list[bytes]:
    """The inputs that a commit's options hold."""
    return unpacked(recipe, RECIPE)
