"""How a run judges an edit: the gates, what is known already of the same code, the adversary."""

from collections.abc import Callable

from perfbot.agents.dedup import Twins, as_its_twin
from perfbot.agents.search import Account
from perfbot.optimizer.adversary import adversary_in
from perfbot.optimizer.config import Options
from perfbot.optimizer.remembered import remembered_in
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

    def code_key(source: str) -> str:
        return language.code_key(session.baseline.project, source)

    twins = Twins(account.archive, code_key)
    more = adversary_in(session, account, options, say)
    remembered = remembered_in(session, code_key, say) if options.remember else None

    def earlier(candidate: Candidate) -> Evidence:
        twin = twins.judged_before(candidate.edit)
        if twin is not None:
            return as_its_twin(twin)
        return (remembered.refusal(candidate) if remembered else None) or NEW

    def judged(edit: Edit) -> Trial:
        refuted = remembered.refuted if remembered else None
        return judge(session.baseline, edit, earlier=earlier, more=more, refuted=refuted)

    return judged
