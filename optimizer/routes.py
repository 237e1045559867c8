"""Which models a run may ask, and the router that `--routing` names."""

import hashlib
import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfbot.agents.search import Archive, SearchPolicy
from perfbot.optimizer.config import Options
from perfbot.optimizer.ledger import runs_folder
from perfbot.optimizer.planner import model_of
from perfbot.optimizer.session import Say
from perfbot.sandbox.errors import UsageError
from perfbot.sandbox.target import Target

if TYPE_CHECKING:
    from perfbot.agents.bandit import Bandit
    from perfbot.agents.llm import Model

NOTE = "routing"
"""Under this name the ledger keeps what was known of the models when the run began."""


def models_of(options: Options) -> list["Model"]:
    """The models that the options name, the cheaper one last.

    Raises: UsageError where a cheaper one is named that would never be asked.
    """
    from perfbot.agents.routing import FIXED

    model = model_of(options)
    if options.cheap_model is None:
        if options.cheap_api_base is not None:
            raise UsageError(
                "--cheap-api-base is given, but no cheaper model", "add --cheap-model NAME"
            )
        return [model]
    if options.cheap_model == options.model:
        raise UsageError("--cheap-model is the same as --model", "leave it out")
    if options.routing == FIXED:
        raise UsageError(
            "--cheap-model is given, but with --routing fixed --model alone is asked",
            "give --routing complexity or bandit, or leave --cheap-model out",
        )
    base = options.cheap_api_base or options.api_base
    return [model, replace(model, name=options.cheap_model, api_base=base)]


def routed(
    policy: SearchPolicy, target: Target, archive: Archive, options: Options, seed: int, say: Say
) -> SearchPolicy:
    """The policy with its requests routed as the options say; `seed` is the run's."""
    from perfbot.agents.difficulty import difficulty
    from perfbot.agents.routing import BANDIT, COMPLEXITY, FIXED, ByComplexity, Routed

    kind = options.routing or (FIXED if options.cheap_model is None else COMPLEXITY)
    if kind == COMPLEXITY:
        assert options.model is not None
        share = archive.note("share")  # where the target was chosen by a profile
        found = difficulty(target, None if share is None else float(share))
        router = ByComplexity(found, options.model, options.cheap_model)
        return Routed(policy, router, archive, say)
    if kind == BANDIT:
        return Routed(policy, bandit(target.root, archive, options, seed, say), archive, say)
    return policy


def bandit(root: Path, archive: Archive, options: Options, seed: int, say: Say) -> "Bandit":
    """The bandit of this run. It starts from what earlier runs in the repository came to, as it was
    when this one began: so a resumed run draws as the first process would have."""
    from perfbot.agents.bandit import Bandit
    from perfbot.agents.experience import Experience, rows_of, tallies_of
    from perfbot.agents.routing import routes

    stored = archive.note(NOTE)
    path = experience_file(root)
    if stored is None:
        run = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        experience = Experience(path, run, say)
        before = experience.before()
        archive.set_note(NOTE, json.dumps({"run": run, "before": rows_of(before)}))
    else:
        known = json.loads(stored)
        experience = Experience(path, str(known["run"]), say)
        before = tallies_of(known["before"])
    models = [model.name for model in models_of(options)]
    return Bandit(routes(models), seed, before, experience)


def experience_file(root: Path) -> Path:
    """Where the experience of one repository is kept; it may not exist yet."""
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24]
    return runs_folder().parent / "routing" / f"{name}.json"
