"""How a run judges an edit: the gates, with what this run knows already of the same code."""

from collections.abc import Callable

from perfbot.agents.dedup import Twins, as_its_twin
from perfbot.agents.search import Account
from perfbot.optimizer.config import Options
from perfbot.optimizer.session import Say, Session
from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.language import language_of
from perfbot.sandbox.trial import Trial
from perfbot.sandbox.verdict import Evidence, Status
from perfbot.sandbox.verify import judge

NEW = Evidence("dedup", Status.SURVIVED, "code that was not judged before")


def judging_in(
    session: Session, account: Account, options: Options, say: Say
) -> Callable[[Edit], Trial]:
    """What judges the edits of one run; none of what it adds to the gates can let an edit pass."""
    language = language_of(session.target)
    twins = Twins(
        account.archive,
        lambda source: language.code_key(session.baseline.project, source),
    )

    def earlier(candidate: Candidate) -> Evidence:
        twin = twins.judged_before(candidate.edit)
        return NEW if twin is None else as_its_twin(twin)

    return lambda edit: judge(session.baseline, edit, earlier=earlier)
