"""A commune with a station, children in it, and their doses, through the journal as everything is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Child, Dose, DoseStep, Status
from tuyen.apps.immunization.operations import Given, RecordDoses, RecordHistory, Remembered
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, RegisterPerson, Tie
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
BORN = date(2026, 1, 10)


class World:
    """A province with two communes, each with its station; sends operations as the program."""

    def __init__(self) -> None:
        self.by = Actor.program(TODAY)
        self._waiting: dict[UUID, CreateUnit] = {}
        self.province = self._unit("province", "Điện Biên")
        self.commune = self._unit("commune", "Nà Hỳ", lies_in=self.province)
        self.village = self._unit("village", "Huổi Hoi", lies_in=self.commune)
        self.other = self._unit("commune", "Chà Tở", lies_in=self.province)
        self.station = self._unit(
            "station", "Trạm y tế Nà Hỳ", lies_in=self.commune, serves=self.commune
        )
        self.elsewhere = self._unit(
            "station", "Trạm y tế Chà Tở", lies_in=self.other, serves=self.other
        )
        # In one commit: after each of six, the next would read the whole map again.
        self.good(*self._waiting.values(), ids=list(self._waiting))

    def _unit(self, type: str, name: str, **ties: UUID) -> UUID:
        self._waiting[id := uuid7()] = _opening(type, name, **ties)
        return id

    def _open(self, type: str, name: str, **ties: UUID) -> UUID:
        (id,) = self.good(_opening(type, name, **ties))
        return id

    def send(
        self, *payloads: Payload, unit: UUID | None = None, on: date = TODAY, at: datetime = NOW,
        size: int | None = None, ids: Sequence[UUID] = (),
    ) -> list[Receipt]:  # fmt: skip
        """Commit payloads, in commits of ``size`` (all at once by default)."""
        given = [*ids, *(uuid7() for _ in payloads[len(ids) :])]
        operations = [
            Operation.of(payload, unit=unit or id, happened_on=on, recorded_at=at, id=id)
            for payload, id in zip(payloads, given, strict=True)
        ]
        size = size or max(1, len(operations))
        receipts: list[Receipt] = []
        for start in range(0, len(operations), size):
            receipts += commit(by=self.by, operations=operations[start : start + size], at=at)
        return receipts

    def good(self, *payloads: Payload, **rest: Any) -> list[UUID]:
        receipts = self.send(*payloads, **rest)
        assert [str(r.refusal.refusal()) for r in receipts if r.refusal] == []
        return [receipt.id for receipt in receipts]

    def refused(self, payload: Payload, **rest: Any) -> tuple[str, str]:
        (receipt,) = self.send(payload, **rest)
        assert receipt.refusal is not None
        return receipt.refusal.code, str(receipt.refusal.refusal())

    def child(self, name: str = "Vàng A Tủa", born: date = BORN, place: UUID | None = None) -> UUID:
        (id,) = self.good(
            RegisterPerson(name=name, sex=1, born_on=born, place=place or self.village),
            unit=place or self.village, on=max(born, date(2024, 1, 1)),
        )  # fmt: skip
        return id

    def visit(self, person: UUID, *vaccines: str, on: date = TODAY, **rest: Any) -> list[Dose]:
        """A visit at the station; returns its doses."""
        unit = rest.pop("unit", self.station)
        (id,) = self.good(visit(person, *vaccines, **rest), unit=unit, on=on)
        return list(Dose.objects.filter(entry_id=id).order_by("vaccine"))


def visit(person: UUID, *vaccines: str, **rest: Any) -> RecordDoses:
    rest = {"programme": "routine", "place_kind": "station", "screening": "passed"} | rest
    given = rest.pop("given", tuple(Given(vaccine=vaccine) for vaccine in vaccines))
    return RecordDoses(person=person, given=given, **rest)


def booklet(person: UUID, *doses: tuple[str, date], **rest: Any) -> RecordHistory:
    return RecordHistory(
        person=person, doses=tuple(Remembered(vaccine=v, on=on, **rest) for v, on in doses)
    )


def tables() -> dict[str, list[Any]]:
    """All rows of the room, for comparing."""
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in (Dose, DoseStep, Child, Status)
    }


def _opening(type: str, name: str, **ties: UUID) -> CreateUnit:
    relations = tuple(Tie(kind=kind, object=object) for kind, object in ties.items())
    return CreateUnit(type=type, name=name, relations=relations)


@pytest.fixture
def world(db: None) -> World:
    return World()
