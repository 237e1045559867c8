"""Targets in texts of C++ and C, and what rules propose for them."""

from pathlib import Path

from perfbot.agents.rules.cpp.engine import propose
from perfbot.sandbox.languages.cpp import SUFFIXES, functions
from perfbot.sandbox.target import Target


def target_in(source: str, qualname: str = "f", language: str = "cpp") -> Target:
    """A Target for the function of that name in a text."""
    found = next(item for item in functions(source) if item.qualname == qualname)
    suffix = next(suffix for suffix, name in SUFFIXES.items() if name == language)
    return Target(
        root=Path("/project"),
        path=f"source{suffix}",
        qualname=qualname,
        module="",
        import_root=".",
        file_source=source,
        start_byte=found.start_byte,
        end_byte=found.end_byte,
        start_line=found.start_line,
        end_line=found.end_line,
        kind=found.kind,
        is_async=False,
        is_generator=False,
        language=language,
    )


def by_rule(source: str, rule: str, qualname: str = "f", language: str = "cpp") -> list[str]:
    """The texts that one rule proposes."""
    found = propose(target_in(source, qualname, language), source)
    return [proposal.edit.file_source for proposal in found if proposal.strategy == rule]
