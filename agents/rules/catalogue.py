"""All rules, those with the largest gains first."""

from perfbot.agents.rules import membership, patterns
from perfbot.agents.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    membership.membership_set,
    membership.membership_companion,
    patterns.compile_regex_once,
)
