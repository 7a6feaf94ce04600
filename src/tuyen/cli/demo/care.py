"""The demo's visits: medicines on the stations' shelves, people followed by the month, people who fell
ill, and a few who were sent on."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from tuyen import rules
from tuyen.apps.clinical.operations import (
    Diagnosed,
    Dispensed,
    Measured,
    NextVisit,
    Prescribed,
    ReceivePatient,
    RecordVisit,
    Referred,
    ReturnReferral,
    Sent,
    Served,
)
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.cli.demo.claims import licence
from tuyen.cli.demo.names import Names, after, day, morning
from tuyen.cli.demo.people import Residents
from tuyen.engines.synthetic import care
from tuyen.engines.synthetic.care import Came
from tuyen.engines.synthetic.province import Province
from tuyen.engines.synthetic.streams import Streams
from tuyen.kernel.operation import Operation

# Item, number, days until it expires, pieces at a station; the shelf of the last ones runs low.
_LOTS = (
    ("amlodipine-5", "AML-2604", 520, 4200), ("amlodipine-5", "AML-2511", 75, 420),
    ("losartan-50", "LOS-2603", 480, 1600), ("metformin-500", "MET-2605", 600, 3200),
    ("paracetamol-500", "PAR-2602", 700, 900), ("paracetamol-150", "PAG-2601", 380, 300),
    ("amoxicillin-250", "AMG-2603", 300, 240), ("omeprazole-20", "OME-2512", 240, 400),
    ("ors", "ORE-2604", 620, 120), ("zinc-20", "ZIN-2602", 500, 60),
)  # fmt: skip
_BEGAN = 170
"""So many days ago the stations received their medicines: before the first visit that is told."""
_NOTE = "Đã khám, chẩn đoán và điều trị ổn định, trả về trạm theo dõi tiếp."
_FOLLOW = "Theo dõi huyết áp, lĩnh thuốc hằng tháng tại trạm"
_SENT_BACK = 30
"""Days within which who came back from a referral is followed at the station at the centre's request."""
_WHY = "Vượt khả năng chuyên môn của trạm"


class Visits:
    """Turns the visits of a synthetic province into operations of its stations."""

    def __init__(
        self, made: Province, names: Names, residents: Residents, until: date, seed: int
    ) -> None:
        self.made, self.names, self.residents, self.until = made, names, residents, until
        rule = rules.load("synthetic/care")
        self.regimens: Any = rule["regimens"]
        communes = made.gazetteer.communes
        self.station = [names.unit(f"facility:tyt-{commune.code}") for commune in communes]
        self.commune = made.network.villages.commune[made.people.village].astype(int)
        self.came = care.visits(
            made.people, self.commune, rule, np.datetime64(until), Streams(seed).of("care"),
            favoured=self.played(),
        )  # fmt: skip
        insured = made.people.insured(np.datetime64(until)).tolist()
        self.payer = ["insurance" if one else "self" for one in insured]

    def played(self) -> int:
        """The commune of the station that is played; -1 where none is."""
        found = next((one for one in self.made.staff.logins if one.login == "tramtruong"), None)
        mine = self.names.unit(found.unit) if found else None
        return self.station.index(mine) if mine in self.station else -1

    def shelves(self) -> Iterator[Operation]:
        """What the stations received: one kind, station by station."""
        on = self.until - timedelta(days=_BEGAN)
        served = sorted({int(self.commune[one.person]) for one in self.came})
        for place in served:
            for item, number, days, pieces in _LOTS:
                payload = ReceiveLot(
                    item=item, number=number, expires_on=after(self.until, days), vials=pieces,
                    document="PXK TTYT khu vực",
                )  # fmt: skip
                unit = self.station[place]
                yield self.names.operation(payload, place, number, unit=unit, on=on)

    def operations(self) -> Iterator[Operation]:
        """Visits in the order of time, then the notes that came back."""
        notes = []
        for n, one in enumerate(self.came):
            operation = self._visit(n, one)
            yield operation
            if one.referred and n % 2:
                notes.append((operation, one))
        for operation, one in notes:
            on = min(self.until, after(_day(one.day), 5))
            payload = ReturnReferral(
                visit=operation.id, on=on, from_name="Trung tâm Y tế khu vực", text=_NOTE
            )
            yield self.names.operation(payload, operation.id, unit=operation.unit, on=on)
            if on >= self.until - timedelta(days=_SENT_BACK):
                yield self._sent_back(operation, one, on)

    def _sent_back(self, visit: Operation, one: Came, on: date) -> Operation:
        """The centre sends the person back to the station, or agrees a day there."""
        agreed = one.minute % 3 == 0
        sent = Sent(
            kind="appointment" if agreed else "referral", person=self.residents.ids[one.person],
            on=after(self.until, one.minute % 6) if agreed else on, urgent=one.minute % 5 == 0,
            from_name="Trung tâm Y tế khu vực", reason=_FOLLOW,
        )  # fmt: skip
        return self.names.operation(
            ReceivePatient(sent=sent), "sent-back", visit.id, unit=visit.unit, on=self.until
        )

    def _visit(self, n: int, one: Came) -> Operation:
        on = _day(one.day)
        unit = self.station[int(self.commune[one.person])]
        began = morning(on) + timedelta(minutes=one.minute - 8 * 60)
        drugs = [
            Prescribed(item=item, dose=Decimal(dose), times=times, days=days,
                       quantity=Decimal(dose * times * days))
            for item, dose, times, days in self.regimens[one.regimen]
        ]  # fmt: skip
        payload = RecordVisit(
            person=self.residents.ids[one.person], began_at=began, ended_at=began + timedelta(minutes=12),
            practitioner=licence(int(self.commune[one.person])),
            reason="Khám định kỳ, lĩnh thuốc" if one.followed else "Khám bệnh",
            care="05" if one.followed else "01", payer=self.payer[one.person],  # type: ignore[arg-type]
            measured=_measured(one),
            diagnosed=tuple(Diagnosed(code=c, main=not at) for at, c in enumerate(one.diagnoses)),
            prescribed=tuple(drugs),
            dispensed=tuple(
                Dispensed(item=drug.item, quantity=drug.quantity, days=drug.days) for drug in drugs
            ),
            served=(Served(code="02.1896"),) if not one.followed else (),
            referred=Referred(to_name="Trung tâm Y tế khu vực", reason=_WHY) if one.referred else None,
            next=_next(one, on), advice="Ăn nhạt, uống thuốc đều." if one.followed else "",
        )  # fmt: skip
        return Operation.of(
            payload, id=self.names.of("visit", n, one.person), unit=unit, happened_on=on,
            recorded_at=_after(began),
        )  # fmt: skip


def _measured(one: Came) -> tuple[Measured, ...]:
    told = [
        ("systolic", one.systolic), ("diastolic", one.diastolic),
        ("glucose_fasting", one.glucose), ("weight", one.weight),
    ]  # fmt: skip
    return tuple(Measured(what=w, value=Decimal(str(v))) for w, v in told if v is not None)


def _next(one: Came, on: date) -> NextVisit | None:
    set_for = day(one.next) if one.next is not None else None
    if set_for is None or set_for <= on:
        return None
    return NextVisit(on=set_for, why="Khám lại, lĩnh thuốc")


def _day(value: np.datetime64) -> date:
    found: date = value.astype("datetime64[D]").astype(object)
    return found


def _after(began: datetime) -> datetime:
    return began + timedelta(minutes=14)
