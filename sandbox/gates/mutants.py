"""Gate `mutants`: are the inputs strong enough that surviving them means something?"""

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.verdict import Evidence, Status


def check(candidate: Candidate) -> Evidence:
    """UNKNOWN if too small a share of the original's mutants is told from it."""
    baseline = candidate.baseline
    found = baseline.strength()
    data = {"killed": found.killed, "total": found.total, "survivors": list(found.survivors)}
    if not found.total:
        return Evidence(
            "mutants", Status.SURVIVED, "nothing in the target can be mutated", data=data
        )
    detail = f"oracle strength {found.share:.2f} ({found.killed}/{found.total} mutants told apart)"
    if found.share < baseline.settings.oracle_threshold:
        return Evidence(
            "mutants",
            Status.UNKNOWN,
            f"inputs too weak to tell: {detail}; add cases with --workload FILE",
            data=data,
        )
    return Evidence("mutants", Status.SURVIVED, detail, data=data)
