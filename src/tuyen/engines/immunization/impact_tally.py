"""The counts of an impact, as they are found: by commune and by what became of what, without a name."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.immunization.impact import Count, Kind
from tuyen.engines.immunization.layout import Ints


class Move(NamedTuple):
    """How many people go from one status to another in a group."""

    group: str
    kind: Kind
    before: str  # a status; "" where nobody called them
    after: str
    people: int
    days: int | None  # by how many days the next dose moves, the middle of them all


class Tally:
    """Changes counted as they are found, pair of packs by pair of packs."""

    def __init__(self) -> None:
        self.changed = 0  # people with a change in any group
        self.left_out: list[int] = []  # people with more doses than the tables hold
        self._counts: dict[tuple[int, str, Kind], int] = {}
        self._moves: dict[tuple[str, Kind, str, str], list[Any]] = {}

    def counts(self, communes: Sequence[str]) -> tuple[Count, ...]:
        """By commune, group and kind, in that order; ``communes`` names them by their number."""
        found = [Count(communes[at], group, kind, people)
                 for (at, group, kind), people in self._counts.items()]  # fmt: skip
        return tuple(sorted(found))

    def moves(self) -> tuple[Move, ...]:
        """By group, kind and statuses, in that order."""
        made = []
        for key, (people, moved) in sorted(self._moves.items()):
            days = np.concatenate(moved) if moved else np.zeros(0, np.int64)
            made.append(Move(*key, people, int(np.median(days)) if len(days) else None))
        return tuple(made)

    def count(self, commune: int, group: str, kind: Kind, people: int) -> None:
        key = (commune, group, kind)
        self._counts[key] = self._counts.get(key, 0) + people

    def move(self, key: tuple[str, Kind, str, str], people: int, days: Ints) -> None:
        """days: of those whose next dose moves."""
        held = self._moves.setdefault(key, [0, []])
        held[0] += people
        if len(days):
            held[1].append(days)
