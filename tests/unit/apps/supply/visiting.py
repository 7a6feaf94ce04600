"""Visits as this room meets them: operations of another room, of which it reads the fields by name.

They stand in for the real ones where a test is about the shelf alone; one test of each follower takes
the real payload.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct

from tuyen.apps.supply.services import dispensing
from tuyen.kernel.operation import FOLLOWERS, KINDS, Batch, Follower, Payload, applies, operation


class Prescribed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    item: str
    dose: Decimal = Decimal(1)
    times: int = 1
    days: int = 30
    quantity: Decimal = Decimal(30)
    route: str = ""
    note: str = ""


class Dispensed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    item: str
    quantity: Decimal
    lot: UUID | None = None
    days: int = 0
    holder: UUID | None = None


class Told(Payload, frozen=True, kw_only=True):
    began_at: datetime
    ended_at: datetime | None = None
    prescribed: tuple[Prescribed, ...] = ()
    dispensed: tuple[Dispensed, ...] = ()


@operation("trial.record_visit", version=1, right="supply.stock.move")
class Recorded(Told, frozen=True, kw_only=True):
    """A visit."""


@operation("trial.amend_visit", version=1, right="supply.stock.move")
class Amended(Payload, frozen=True, kw_only=True):
    """A visit as it was after all."""

    visit: UUID
    reason: str
    content: Told


@operation("trial.void_visit", version=1, right="supply.stock.move")
class Voided(Payload, frozen=True, kw_only=True):
    """A visit that never was."""

    visit: UUID
    reason: str


def _keep(batch: Batch[Any]) -> None:
    """What the other room keeps of its own is not looked at here."""
    assert all(entry.id for entry in batch.entries)


_FOLLOWED = (
    (Recorded, dispensing.take_for_visits),
    (Amended, dispensing.take_again),
    (Voided, dispensing.give_back_of_void),
)
for _kind, _ in _FOLLOWED:
    applies(_kind)(_keep)  # type: ignore[type-var]
    del KINDS._by_name[_kind.KIND.name]  # known only while a test asks for visits


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal takes visits, and this room follows them."""
    for kind, follow in _FOLLOWED:
        monkeypatch.setitem(KINDS._by_name, kind.KIND.name, kind.KIND)
        monkeypatch.setitem(FOLLOWERS, kind.KIND.name, [Follower("supply", follow)])
