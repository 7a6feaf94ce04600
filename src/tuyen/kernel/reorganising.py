"""What a reorganisation means to the rooms: which units end, and what each room takes along.

The map is changed by the registry; rows that speak of the past keep the unit they were born in. What
must go on tomorrow (a post, a tablet, open work) moves with its unit, and only its own room knows
how. Each room therefore registers a *mover*: a function that reads its tables and says what it would
write, without writing. A preview counts the answers; the decision writes them, and keeps what stood
before, so that they can be undone exactly.

>>> @moves("demo")
... def nothing(change):
...     return ()
>>> sorted(MOVERS) == sorted({**MOVERS, "demo": nothing}), MOVERS.pop("demo") is nothing
(True, True)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Change:
    """Units that end on a day, each with the main successor that stands for it, if it has one.

    ``following`` are units that go on but whose posts and tablets go to another: a station that
    became the satellite point of one.
    """

    decision: UUID
    on: date
    heirs: Mapping[UUID, UUID | None]
    following: Mapping[UUID, UUID] = field(default_factory=dict)

    @property
    def posts(self) -> Mapping[UUID, UUID | None]:
        """Every unit whose posts do not stay, and where they go (None: they end)."""
        return {**self.heirs, **self.following}


@dataclass(frozen=True, slots=True)
class Edit:
    """One row that a room writes: a new one, or new values (by attribute) of one that is there."""

    row: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    new: bool = False


Mover = Callable[[Change], Iterable[Edit]]

MOVERS: dict[str, Mover] = {}


def moves(room: str) -> Callable[[Mover], Mover]:
    """Register how a room's rows move with their units."""

    def declare(mover: Mover) -> Mover:
        MOVERS[room] = mover
        return mover

    return declare


def edits(change: Change) -> list[Edit]:
    """What all rooms would write, in the order of their names."""
    return [edit for room in sorted(MOVERS) for edit in MOVERS[room](change)]
