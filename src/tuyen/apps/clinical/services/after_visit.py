"""What the record's own programmes write when a visit is saved, corrected or taken back.

A part of the room appends its function to ``AFTER`` when it is imported. It is called once for a
batch, in its transaction, with the visits in the order of their entries; it reads what it needs in a
constant number of queries, writes its own tables, and cannot refuse.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.clinical.operations import Content
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.operation import Entry


class VisitChange(NamedTuple):
    """A visit before and after an entry: ``before`` is None of a new one, ``after`` of one that was
    taken back. ``day`` is the visit's local day, ``unit`` where it was recorded."""

    entry: Entry[Any]
    before: Content | None
    after: Content | None
    visit_id: UUID
    unit: UUID
    day: date
    whose: Vital | None = None
    """The record that stands for the person of ``after``, as it was read already."""


AFTER: list[Callable[[Sequence[VisitChange]], None]] = []


def tell(changes: Sequence[VisitChange]) -> None:
    """Call every part in the order in which they were imported."""
    for part in AFTER:
        if changes:
            part(changes)
