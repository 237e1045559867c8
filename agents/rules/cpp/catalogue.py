"""All rules for C++ and C, those with the largest gains first."""

from perfbot.agents.rules.cpp import (
    copies,
    membership,
    pairs,
    streams,
    strings,
    views,
)
from perfbot.agents.rules.cpp.rule import CppRule

RULES: tuple[CppRule, ...] = (
    membership.find_in_result_to_set,
    membership.scan_for_equal_to_set,
    membership.find_in_vector_to_set,
    membership.find_on_set_to_member,
    membership.count_in_loop_to_map,
    pairs.pair_count_to_hash,
    pairs.symmetric_pairs_once,
    pairs.root_of_extreme,
    strings.string_append,
    strings.substr_sum_to_replace,
    strings.replace_loop_to_append,
    strings.drop_prefix_in_place,
    strings.substr_to_compare,
    strings.find_at_start,
    strings.endl_to_newline,
    views.string_copy_to_view,
    views.substr_to_view,
    views.vector_of_strings_to_views,
    streams.stream_words_to_scan,
    streams.getline_to_find,
    streams.string_stream_to_append,
    copies.range_for_by_reference,
    copies.copy_to_reference,
    copies.parameter_by_reference,
    copies.capture_by_reference,
    copies.swap_by_moves,
)
