"""Gate `dedup`, for C++ and C: the edit is other code than the original."""

from perfbot.sandbox.cpp.tokens import normalised
from perfbot.sandbox.edit import Edit
from perfbot.sandbox.target import Target
from perfbot.sandbox.verdict import Evidence, Status


def check(target: Target, edit: Edit) -> Evidence:
    """UNKNOWN where layout and comments are all that differs."""
    if normalised(target.file_source) == normalised(edit.file_source):
        return Evidence("dedup", Status.UNKNOWN, "the same code as the original, layout apart")
    return Evidence("dedup", Status.SURVIVED, "other code than the original")
