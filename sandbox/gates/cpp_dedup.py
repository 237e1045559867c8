"""Gate `dedup`, for C++ and C: the edit is other code than the original."""

from perfbot.sandbox.candidate import Candidate
from perfbot.sandbox.cpp.tokens import normalised
from perfbot.sandbox.verdict import Evidence, Status


def check(candidate: Candidate) -> Evidence:
    """UNKNOWN where layout and comments are all that differs."""
    before, after = candidate.baseline.target.file_source, candidate.edit.file_source
    if normalised(before) == normalised(after):
        return Evidence("dedup", Status.UNKNOWN, "the same code as the original, layout apart")
    return Evidence("dedup", Status.SURVIVED, "other code than the original")
