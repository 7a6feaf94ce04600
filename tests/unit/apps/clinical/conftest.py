"""A commune with its station and people of several ages; visits through the journal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.clinical.models import (
    Allergy,
    AllergyStep,
    Diagnosis,
    Measurement,
    MonthClosing,
    Practitioner,
    Referral,
    SensitiveContent,
    SensitiveDiagnosis,
    Visit,
    VisitStep,
)
from tuyen.apps.clinical.operations import Diagnosed, Measured, RecordVisit
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, RegisterPerson, Tie
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
AT = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
BORN = date(1968, 3, 2)


class World:
    """A province with two communes, each with its station; sends operations as the program."""

    def __init__(self) -> None:
        self.by = Actor.program(TODAY)
        self._waiting: dict[UUID, CreateUnit] = {}
        self.province = self._unit("province", "Điện Biên")
        self.commune = self._unit("commune", "Nà Hỳ", lies_in=self.province)
        self.village = self._unit("village", "Huổi Hoi", lies_in=self.commune)
        self.station = self._unit(
            "station", "Trạm y tế Nà Hỳ", lies_in=self.commune, serves=self.commune
        )
        self.other = self._unit("commune", "Chà Tở", lies_in=self.province)
        self.elsewhere = self._unit(
            "station", "Trạm y tế Chà Tở", lies_in=self.other, serves=self.other
        )
        # In one commit: after each of six, the next would read the whole map again.
        self.good(*self._waiting.values(), ids=list(self._waiting))

    def _unit(self, type: str, name: str, **ties: UUID) -> UUID:
        relations = tuple(Tie(kind=kind, object=object) for kind, object in ties.items())
        self._waiting[id := uuid7()] = CreateUnit(type=type, name=name, relations=relations)
        return id

    def send(
        self, *payloads: Payload, unit: UUID | None = None, on: date = TODAY, at: datetime = NOW,
        size: int | None = None, ids: Sequence[UUID] = (), by: Actor | None = None,
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
            part = operations[start : start + size]
            receipts += commit(by=by or self.by, operations=part, at=at)
        return receipts

    def good(self, *payloads: Payload, **rest: Any) -> list[UUID]:
        receipts = self.send(*payloads, **rest)
        assert [str(r.refusal.refusal()) for r in receipts if r.refusal] == []
        return [receipt.id for receipt in receipts]

    def told(self, *payloads: Payload, **rest: Any) -> list[str]:
        """What became of payloads sent from the station: the code of the refusal, or the status."""
        receipts = self.send(*payloads, **{"unit": self.station} | rest)
        return [r.refusal.code if r.refusal else r.status for r in receipts]

    def person(self, name: str = "Lò Văn Pánh", born: date = BORN, **rest: Any) -> UUID:
        place = rest.pop("place", self.village)
        payload = RegisterPerson(name=name, sex=1, born_on=born, place=place, **rest)
        (id,) = self.good(payload, unit=place, on=max(born, date(2024, 1, 1)))
        return id

    def visit(self, person: UUID, **rest: Any) -> UUID:
        (id,) = self.good(visit(person, **rest), unit=self.station)
        return id


def values(**told: Any) -> tuple[Measured, ...]:
    return tuple(Measured(what=what, value=Decimal(str(value))) for what, value in told.items())


def found(*codes: str, **rest: Any) -> tuple[Diagnosed, ...]:
    """Diagnoses, of which the first is the main one."""
    return tuple(Diagnosed(code=code, main=not n, **rest) for n, code in enumerate(codes))


def visit(person: UUID, **rest: Any) -> RecordVisit:
    plain: dict[str, Any] = {
        "person": person, "began_at": AT, "payer": "self", "reason": "tái khám",
        "measured": values(systolic=142, diastolic=88), "diagnosed": found("I10"),
    }  # fmt: skip
    return RecordVisit(**plain | rest)


TABLES = (
    Visit, Measurement, Diagnosis, SensitiveDiagnosis, SensitiveContent, VisitStep, Referral,
    Practitioner, MonthClosing, Allergy, AllergyStep,
)  # fmt: skip


def tables() -> dict[str, list[Any]]:
    """All rows of the room, for comparing."""
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str) for model in TABLES
    }


def assistant(unit: UUID, purpose: str = "duty") -> Actor:
    """A physician assistant of a unit, for a purpose."""
    post = HeldPost(uuid7(), "physician-assistant", unit)
    return Actor(uuid7(), "Quàng Văn Thương", (post,), TODAY, "web", purpose)


@pytest.fixture
def world(db: None) -> World:
    return World()
