"""The small province of two stations and their points, with what other rooms know of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.unit.apps.network.conftest import small_map
from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.governance import places
from tuyen.apps.governance.operations import (
    ApproveProject,
    Disburse,
    Funding,
    Planned,
    ProjectPlan,
    ProposeProject,
    Work,
)
from tuyen.apps.journal.services import commit
from tuyen.apps.network import places as network_places
from tuyen.apps.network.operations import Condition, Found, ReviewSite
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import places as supply_places
from tuyen.apps.supply.operations import ServiceEquipment, SetEquipment
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
PROGRAM = Actor.program(TODAY)
BILLION = Decimal(1_000_000_000)
_ATLAS = small_map()


@pytest.fixture(autouse=True)
def atlas(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    for room in (places, network_places, supply_places):
        monkeypatch.setattr(room, "atlas", lambda: _ATLAS)
    monkeypatch.setattr(registry, "atlas", lambda: _ATLAS)
    monkeypatch.setattr(policies, "_reach", _ATLAS.reach)
    return _ATLAS


def op(payload: Payload, unit: str = "P", *, on: date = TODAY, id: UUID | None = None) -> Operation:
    return Operation.of(
        payload, unit=place(unit), happened_on=on, recorded_at=NOW, id=id or uuid7()
    )


def send(*operations: Operation, by: Actor = PROGRAM) -> list[Receipt]:
    return commit(by=by, operations=list(operations), at=NOW)


def codes(*operations: Operation, by: Actor = PROGRAM) -> list[str]:
    return [
        r.refusal.code.removeprefix("governance.") if r.refusal else r.status
        for r in send(*operations, by=by)
    ]


def good(payload: Payload, unit: str = "P", **rest: Any) -> UUID:
    operation = op(payload, unit, **rest)
    (receipt,) = send(operation)
    assert receipt.ok, receipt.refusal
    return operation.id


def reviewed(unit: str, on: date = date(2026, 9, 1), **levels: str) -> UUID:
    told = tuple(Condition(line=k.replace("_", "-"), level=v) for k, v in levels.items())
    return good(ReviewSite(found=Found(conditions=told)), unit, on=on)


def equipped(unit: str, *kinds: str) -> dict[str, UUID]:
    """Pieces that work; those that are checked were checked in time."""
    made = {}
    for kind in kinds:
        made[kind] = good(
            SetEquipment(kind=kind, name=kind, since=date(2026, 1, 1), watched=False), unit
        )
        good(ServiceEquipment(equipment=made[kind], what="calibration", passed=True,
                              next_on=date(2027, 1, 1)), unit)  # fmt: skip
    return made


def plan(**changes: Any) -> ProjectPlan:
    """22 stations in the source; two here: over 136 billion VND, 5.8 million USD at the implied rate."""
    plain: dict[str, Any] = {
        "name": "Nâng cấp trạm y tế vốn vay", "decision": "QĐ 12/QĐ-UBND", "starts": date(2025, 1, 1),
        "ends": date(2026, 12, 31),
        "funding": (
            Funding(source="loan", amount=136 * BILLION, said="over", foreign=Decimal(5_800_000),
                    currency="USD", rate=Decimal("23448.28")),
            Funding(source="state-budget", amount=4 * BILLION),
        ),
        "works": (Work(site=place("stM"), package="refurbish", source="loan", cost=2 * BILLION),
                  Work(site=place("stN"), package="water", source="loan", cost=BILLION)),
        "planned": (Planned(month="2025-06", amount=60 * BILLION),
                    Planned(month="2026-06", amount=80 * BILLION)),
    }  # fmt: skip
    return ProjectPlan(**plain | changes)


def running(**changes: Any) -> UUID:
    """A project that is approved, its sites as they are today."""
    from tuyen.apps.governance import queries

    told = plan(**changes)
    id = good(ProposeProject(plan=told))
    sites = [work.site for work in told.works]
    good(ApproveProject(version=id, baseline=queries.frozen(by=PROGRAM, sites=sites, on=TODAY)))
    return id


def payment(project: UUID, billions: int = 1, voucher: str = "1", **rest: Any) -> Disburse:
    plain = {"source": "loan", "year": 2026} | rest
    return Disburse(project=project, amount=billions * BILLION, voucher=voucher, **plain)
