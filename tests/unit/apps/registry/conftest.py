"""A province to build by hand, through the journal as everything is."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import areas, queries
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.operations import CreateUnit, Member, Point, RegisterHousehold, Tie
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

MERGER = date(2025, 7, 1)
BEFORE, AFTER = date(2025, 6, 30), MERGER
TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


class World:
    """Sends operations as the program, and fails loudly unless told that a refusal is wanted."""

    def __init__(self) -> None:
        self.by = Actor.program(TODAY)

    def send(
        self, *payloads: Payload, unit: UUID | None = None, on: date = TODAY,
        ids: Sequence[UUID | None] = (), size: int | None = None,
    ) -> list[Receipt]:  # fmt: skip
        """Commit payloads, in commits of ``size`` (all at once by default)."""
        given = [*ids, *[None] * (len(payloads) - len(ids))]
        operations = []
        for payload, id in zip(payloads, given, strict=True):
            id = id or uuid7()
            operations.append(
                Operation.of(payload, unit=unit or id, happened_on=on, recorded_at=NOW, id=id)
            )
        return self.commit(operations, size)

    def commit(self, operations: Sequence[Operation], size: int | None = None) -> list[Receipt]:
        size = size or max(1, len(operations))
        receipts: list[Receipt] = []
        for start in range(0, len(operations), size):
            part = list(operations[start : start + size])
            receipts += commit(by=self.by, operations=part, at=NOW)
        return receipts

    def good(self, *payloads: Payload, **rest: Any) -> list[UUID]:
        """Send, and insist that all are accepted; returns the operations' ids."""
        receipts = self.send(*payloads, **rest)
        assert [str(r.refusal.refusal()) for r in receipts if r.refusal] == []
        return [receipt.id for receipt in receipts]

    def refused(self, payload: Payload, **rest: Any) -> tuple[str, str]:
        """Send, and insist that it is refused; returns its code and its sentence."""
        (receipt,) = self.send(payload, **rest)
        assert receipt.refusal is not None
        return receipt.refusal.code, str(receipt.refusal.refusal())

    def open(self, type: str, name: str, *ties: tuple[str, UUID], **rest: Any) -> UUID:
        point = rest.pop("point", None)
        (id,) = self.good(
            CreateUnit(
                type=type, name=name, full_name=rest.pop("full_name", ""),
                relations=tuple(Tie(kind=kind, object=object) for kind, object in ties),
                point=Point(lon=point[0], lat=point[1]) if point else None, **rest,
            )
        )  # fmt: skip
        return id

    def household(self, place: UUID, *members: Member, **rest: Any) -> UUID:
        unit = rest.pop("unit", place)
        (id,) = self.good(RegisterHousehold(place=place, members=members, **rest), unit=unit)
        return id

    def load(self, *provinces: str) -> Atlas:
        for province in provinces:
            receipts = self.commit(areas.area_operations(province, NOW))
            assert [str(r.refusal.refusal()) for r in receipts if r.refusal] == []
        return self.atlas

    @property
    def atlas(self) -> Atlas:
        return queries.atlas()

    def commune(self, code: str, on: date = AFTER) -> UUID:
        found = self.atlas.by_code("administrative.commune", code, on)
        assert found is not None
        return found


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def member() -> Callable[..., Member]:
    """A person to register; everything but the name has a default."""

    def make(name: str = "Giàng A Pó", **rest: Any) -> Member:
        rest.setdefault("sex", 1)
        rest.setdefault("born_on", date(1987, 3, 5))
        return Member(id=rest.pop("id", None) or uuid7(), name=name, **rest)

    return make


class Village:
    """One commune, a village in it and the station that serves it."""

    def __init__(self, world: World) -> None:
        self.province = world.open("province", "Điện Biên")
        inside = ("lies_in", self.province)
        self.commune = world.open("commune", "Nà Hỳ", inside, full_name="Xã Nà Hỳ")
        self.village = world.open("village", "Huổi Hoi", ("lies_in", self.commune))
        self.other = world.open("commune", "Chà Tở", inside, full_name="Xã Chà Tở")
        here = ("lies_in", self.commune)
        self.station = world.open("station", "Trạm y tế Nà Hỳ", here, ("serves", self.commune))


@pytest.fixture
def home(world: World) -> Village:
    return Village(world)
