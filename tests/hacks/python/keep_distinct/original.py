# target: keep_distinct
"""Sequences of anything."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def keep_distinct(items: Iterable[T]) -> list[T]:
    """The items without those that equal an earlier one."""
    kept: list[T] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept
