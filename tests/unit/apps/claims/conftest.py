"""A station with its catalogues, patients with cards, and visits, through the journal as everything is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import settings, signing
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.operations import (
    ApproveClaims,
    Line,
    PrepareClaims,
    SetCatalogue,
    SetPatient,
)
from tuyen.apps.clinical.operations import (
    Diagnosed,
    Dispensed,
    Measured,
    NextVisit,
    Prescribed,
    RecordVisit,
    Served,
)
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import (
    Code,
    CreateUnit,
    Insurance,
    Number,
    RegisterPerson,
    Tie,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 6)
NOW = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
BEGAN = datetime(2026, 10, 5, 2, 31, tzinfo=UTC)
CARD = "HN2206992237902"
LICENCE = "0012345/LS-CCHN"
FACILITY = {
    "department": "K01", "head_number": "6992237902", "examination": "02.1896", "district": "000",
    "ethnic_unknown": "01", "occupation_unknown": "00000", "referral_transport": "Xe cứu thương",
    "check_in": "no",
}  # fmt: skip
AMLODIPINE = {
    "code": "40.491", "name": "Amlodipin", "unit": "Viên", "strength": "5mg", "route": "1.01",
    "registration": "VD-2-18", "tender": "QĐ1;G1;N1;2026", "price": "115.5",
}  # fmt: skip
SERVICES = {
    "02.1896": {"code": "02.1896", "group": "13", "name": "Khám Nội", "price": "36500",
                "insurance_price": "36500"},
    "23.0075.1494": {"code": "23.0075.1494", "group": "1", "name": "Định lượng glucose",
                     "price": "22400", "insurance_price": "22400", "measure": "glucose_fasting",
                     "indicator": "1023075"},
}  # fmt: skip


@cache
def pair() -> tuple[bytes, bytes]:
    """One key and its certificate for all tests: drawing one takes a tenth of a second."""
    return signing.fresh_pair(NOW - timedelta(days=1))


class Station:
    """A station that is ready to send, and what happens there."""

    def __init__(self) -> None:
        self.by = Actor.program(TODAY)
        province = self._open("province", "Lạng Sơn", code=("administrative.province", "20"))
        self.commune = self._open(
            "commune", "Hữu Lũng", lies_in=province, code=("administrative.commune", "05467")
        )
        self.id = self._open(
            "station", "Trạm y tế Hữu Lũng", lies_in=self.commune, serves=self.commune,
            code=("insurer", "20001"),
        )  # fmt: skip
        self.good(
            SetCatalogue(kind="facility", since=date(2026, 1, 1), lines=(Line(values=FACILITY),))
        )
        self.good(SetCatalogue(
            kind="drug", since=date(2026, 1, 1), lines=(Line(key="amlodipine-5", values=AMLODIPINE),)
        ))  # fmt: skip
        self.good(SetCatalogue(
            kind="service", since=date(2026, 1, 1),
            lines=tuple(Line(key=key, values=values) for key, values in SERVICES.items()),
        ))  # fmt: skip

    def _open(self, type: str, name: str, *, code: tuple[str, str], **ties: UUID) -> UUID:
        unit = CreateUnit(
            type=type, name=name, codes=(Code(system=code[0], code=code[1]),),
            relations=tuple(Tie(kind=kind, object=object) for kind, object in ties.items()),
        )  # fmt: skip
        (id,) = self.good(unit)
        return id

    def send(
        self, *payloads: Payload, unit: UUID | None = None, at: datetime = NOW,
        by: Actor | None = None, ids: Sequence[UUID] = (),
    ) -> list[Receipt]:  # fmt: skip
        given = [*ids, *(uuid7() for _ in payloads[len(ids) :])]
        operations = [
            Operation.of(
                payload, unit=unit or getattr(self, "id", None) or id, happened_on=at.date(),
                recorded_at=at, id=id,
            )
            for payload, id in zip(payloads, given, strict=True)
        ]  # fmt: skip
        return commit(by=by or self.by, operations=operations, at=at)

    def good(self, *payloads: Payload, **rest: Any) -> list[UUID]:
        receipts = self.send(*payloads, **rest)
        assert [str(r.refusal.refusal()) for r in receipts if r.refusal] == []
        return [receipt.id for receipt in receipts]

    def codes(self, *payloads: Payload, **rest: Any) -> list[str]:
        return [
            r.refusal.code.removeprefix("claims.") if r.refusal else r.status
            for r in self.send(*payloads, **rest)
        ]

    def patient(self, card: str = CARD, number: str = "020182037967") -> UUID:
        told = RegisterPerson(
            name="Nông Thị B", sex=2, born_on=date(1982, 3, 13), place=self.commune,
            phone="0912345678", ethnicity="08",
            numbers=(Number(system="personal_number", value=number),) if number else (),
            insurance=Insurance(card=card, since=date(2026, 1, 1), until=date(2027, 1, 1),
                                facility=self.id) if card else None,
        )  # fmt: skip
        (id,) = self.good(told, unit=self.commune)
        self.good(SetPatient(person=id, occupation="05467"))
        return id

    def visit(self, person: UUID, **changes: Any) -> UUID:
        (id,) = self.good(visit(person, **changes))
        return id

    def claim(self, id: UUID) -> Claim:
        return Claim.objects.get(pk=id)

    def ready(self, **changes: Any) -> UUID:
        """A visit whose claim was checked."""
        id = self.visit(self.patient(), **changes)
        self.good(PrepareClaims(claims=(id,)))
        return id

    def signed(self, **changes: Any) -> UUID:
        """A visit whose file waits in the outbox."""
        id = self.ready(**changes)
        self.good(ApproveClaims(claims=(id,)))
        return id


def visit(person: UUID, **changes: Any) -> RecordVisit:
    """A month's visit for hypertension: measured, tested, given 30 tablets, asked back."""
    plain: dict[str, Any] = {
        "person": person, "began_at": BEGAN, "ended_at": BEGAN + timedelta(minutes=18),
        "care": "08", "attendance": "1.2", "reason": "Khám định kỳ", "course": "Ổn định",
        "advice": "Ăn nhạt", "practitioner": LICENCE,
        "measured": tuple(
            Measured(what=what, value=Decimal(value))
            for what, value in (("systolic", "150"), ("diastolic", "90"), ("pulse", "72"),
                                ("weight", "55.1"), ("glucose_fasting", "6.2"))
        ),
        "diagnosed": (Diagnosed(code="I10", main=True),),
        "prescribed": (Prescribed(item="amlodipine-5", dose=Decimal(1), times=1, days=30,
                                  quantity=Decimal(30)),),
        "dispensed": (Dispensed(item="amlodipine-5", quantity=Decimal(30), days=30),),
        "served": (Served(code="23.0075.1494"),),
        "next": NextVisit(on=date(2026, 11, 4)),
    }  # fmt: skip
    return RecordVisit(**plain | changes)


@pytest.fixture
def station(db: None) -> Station:
    return Station()


@pytest.fixture
def key(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A key to sign with in the installation's folder; gives its certificate."""
    private, certificate = pair()
    monkeypatch.setattr(settings, "folder", lambda: tmp_path)
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "key.pem").chmod(0o600)
    (tmp_path / "certificate.pem").write_bytes(certificate)
    return certificate
