"""All rules for C++ and C, those with the largest gains first."""

from perfbot.agents.rules.cpp import membership
from perfbot.agents.rules.cpp.rule import CppRule

RULES: tuple[CppRule, ...] = (
    membership.find_in_result_to_set,
    membership.scan_for_equal_to_set,
    membership.find_in_vector_to_set,
    membership.find_on_set_to_member,
    membership.count_in_loop_to_map,
)
