"""What a room changes of its own when a copy without people is made, before the masks.

A mask knows one value. Where values hang together (a dose that is given on the day of a birth tells
the birth), only the room that keeps them knows how. It registers a *hand* here, which is handed every
operation in the order of the journal, and then every row of its tables.

>>> class Nothing:
...     tables = frozenset({"kitchen.Pot"})
...     def operation(self, kind, id, on, said):
...         return on
...     def row(self, table, row):
...         row["lid"] = None
>>> _ = hands("kitchen")(Nothing)
>>> made = HANDS.pop("kitchen")()
>>> pot = {"lid": "red"}
>>> made.row("kitchen.Pot", pot)
>>> pot
{'lid': None}
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID


class Hand(Protocol):
    """What a room does to its own in one copy; ``tables`` are those whose rows it is handed."""

    tables: frozenset[str]

    def operation(self, kind: str, id: UUID, on: date, said: dict[str, Any]) -> date:
        """Change the payload (as JSON has it) in place; returns the day on which it happened."""

    def row(self, table: str, row: dict[str, Any]) -> None:
        """Change a row, as the embedded store keeps it, in place."""


_Made = TypeVar("_Made", bound=Callable[[], Any])

HANDS: dict[str, Callable[[], Hand]] = {}


def hands(room: str) -> Callable[[_Made], _Made]:
    """Register a room's hand: made anew for each copy."""

    def declare(made: _Made) -> _Made:
        HANDS[room] = made
        return made

    return declare
