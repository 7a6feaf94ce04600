"""What the other parts of this room may say before doses of a visit are taken.

A part (sessions, screenings) registers a gate: a function of a whole batch that refuses entries,
with a constant number of queries. All gates are asked, in the order of their names.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from tuyen.apps.immunization.operations import RecordDoses
from tuyen.kernel.operation import Entry
from tuyen.kernel.refusal import Refusal

Gate = Callable[[Sequence[Entry[RecordDoses]]], Mapping[UUID, Refusal]]
"""Entries of visits in; refusals by the entry's id out."""

GATES: dict[str, Gate] = {}


def gate(name: str) -> Callable[[Gate], Gate]:
    """Register a gate under a name."""

    def declare(asks: Gate) -> Gate:
        GATES[name] = asks
        return asks

    return declare


def held_back(entries: Sequence[Entry[RecordDoses]]) -> dict[UUID, list[Refusal]]:
    """What the gates say against these visits, each gate once of a visit."""
    found: dict[UUID, list[Refusal]] = {}
    for name in sorted(GATES):
        for id, refusal in GATES[name](entries).items():
            found.setdefault(id, []).append(refusal)
    return found
