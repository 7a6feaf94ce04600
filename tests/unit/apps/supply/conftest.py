"""A province's store, a centre, a station and a fridge; operations and their refusals in one word."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.unit.apps.surveillance.conftest import place, small_province
from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.supply import places
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.apps.supply.sorting import lot_id
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
PROGRAM = Actor.program(TODAY)
MR = lot_id("mr-10", "MR-01")
PENTA = lot_id("penta-1", "PT-01")
_ATLAS = small_province()


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small province: a centre hc that guides the stations stM, stN and stD."""
    monkeypatch.setattr(places, "atlas", lambda: _ATLAS)
    monkeypatch.setattr(policies, "_reach", _ATLAS.reach)
    return _ATLAS


def op(
    payload: Payload, unit: str | UUID = "hc", *, on: date = TODAY, id: UUID | None = None,
    corrects: UUID | None = None, at: datetime = NOW,
) -> Operation:  # fmt: skip
    where = place(unit) if isinstance(unit, str) else unit
    return Operation.of(
        payload, unit=where, happened_on=on, recorded_at=at, id=id or uuid7(), corrects=corrects
    )


def send(*operations: Operation, by: Actor = PROGRAM, at: datetime = NOW) -> list[Receipt]:
    return commit(by=by, operations=list(operations), at=at)


def code(receipt: Receipt) -> str:
    return receipt.refusal.code.removeprefix("supply.") if receipt.refusal else receipt.status


def codes(*operations: Operation, **rest: Any) -> list[str]:
    return [code(receipt) for receipt in send(*operations, **rest)]


def received(**changes: Any) -> ReceiveLot:
    plain: dict[str, Any] = {
        "item": "mr-10", "number": "MR-01", "expires_on": date(2027, 6, 30), "vials": 100,
        "maker": "POLYVAC", "vvm": 1,
    }  # fmt: skip
    return ReceiveLot(**plain | changes)


@pytest.fixture
def stocked(db: None) -> Callable[..., None]:
    """100 vials of MR and 40 of the pentavalent at the centre."""
    penta = received(item="penta-1", number="PT-01", vials=40, maker="SII")
    assert codes(op(received()), op(penta)) == ["accepted"] * 2
    return lambda: None
