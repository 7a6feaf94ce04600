"""The demo's smaller programmes at the station that is played: COPD and asthma, people at risk, screening for
cancer, the yearly check-up by priority group, the elderly, workers, traditional medicine."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from tuyen.apps.clinical.operations import Answered, Diagnosed, Measured, RecordVisit, Served
from tuyen.cli.demo.care import Visits
from tuyen.cli.demo.claims import licence
from tuyen.cli.demo.names import after, morning
from tuyen.kernel.operation import Operation

_YEAR = 366
_APART = 9
"""Days from the visit of one person to that of the next."""


class _Told(NamedTuple):
    """A visit for a programme: what was found, measured, done and answered; ``ages`` completed years, ``sex``
    1 male, 2 female, 0 either; ``ago`` days before the demo's day."""

    programme: str
    code: str
    reason: str
    fields: dict[str, str]
    ages: tuple[int, int] = (20, 80)
    sex: int = 0
    measured: tuple[tuple[str, str], ...] = ()
    served: tuple[str, ...] = ()
    traditional: str = ""
    ago: int = 10


_FLOW, _VIA, _BREAST, _CHECK = "peak-flow", "via", "breast-exam", "health-check"
_NEEDLE, _MOXA = "08.0008.0224", "08.0009.0228"
_TOLD = (
    _Told("copd_asthma", "J44.9", "Khó thở khi gắng sức", {"copd_stable": "yes", "tobacco": "yes", "inhaler": "yes"},
          (50, 80), 1, (("spo2", "95"),), (_FLOW,)),
    _Told("copd_asthma", "J45.9", "Tái khám hen", {"asthma_control": "partly", "attacks": "1", "tobacco": "no"},
          (20, 60), 2, (("spo2", "97"),), (_FLOW,)),
    _Told("copd_asthma", "J45.9", "Cơn khó thở về đêm", {"asthma_control": "uncontrolled", "attacks": "2"},
          (20, 60), 0, (("spo2", "93"),), (_FLOW,)),
    _Told("ncd_risk", "R73", "Tư vấn nguy cơ", {"family": "yes", "inactive": "yes", "tobacco": "no"},
          (40, 69), 0, (("glucose_fasting", "6.3"), ("systolic", "128"), ("diastolic", "82"))),
    _Told("ncd_risk", "E66", "Tư vấn nguy cơ", {"salt": "yes", "alcohol": "yes", "tobacco": "yes"},
          (30, 60), 1, (("systolic", "136"), ("diastolic", "86"), ("weight", "78"))),
    _Told("cervical_screening", "Z12.4", "Sàng lọc", {"method": "via", "result": "negative"}, (30, 54), 2, (), (_VIA,)),
    _Told("cervical_screening", "Z12.4", "Sàng lọc", {"method": "via", "result": "positive"}, (30, 54), 2, (), (_VIA,)),
    _Told("breast_screening", "Z12.3", "Sàng lọc", {"method": "examination", "result": "normal"}, (40, 69), 2, (), (_BREAST,)),
    _Told("checkup", "Z00.0", "Khám sức khỏe định kỳ",
          {"group": "poor", "payer": "state", "cost": "210000", "class": "II"}, (30, 59), 0, (), (_CHECK,)),
    _Told("checkup", "Z00.0", "Khám sức khỏe định kỳ",
          {"group": "difficult-area", "payer": "state", "cost": "300000", "class": "III"}, (30, 59), 0, (), (_CHECK,)),
    _Told("checkup", "Z00.0", "Khám sức khỏe định kỳ",
          {"group": "elderly", "payer": "state", "cost": "345000", "class": "III"}, (60, 85), 0, (), (_CHECK,)),
    _Told("elderly", "Z00.8", "Khám người cao tuổi", {"falls": "0", "daily_life": "alone", "lives_alone": "no"}, (60, 90)),
    _Told("elderly", "Z00.8", "Khám người cao tuổi", {"falls": "2", "daily_life": "some", "memory": "yes"}, (70, 95)),
    _Told("occupational", "Z10.0", "Khám sức khỏe người lao động",
          {"employer": "Mỏ đá Nà Hỳ", "exam": "detection", "hazardous": "yes", "exposure": "dust", "class": "III",
           "suspected": "J62.8"}, (25, 55), 1),
    _Told("occupational", "Z10.0", "Khám sức khỏe người lao động",
          {"employer": "Xưởng chè Nà Hỳ", "exam": "periodic", "exposure": "none", "class": "II"}, (20, 55), 2),
    _Told("traditional_medicine", "M54.5", "Đau thắt lưng", {"method": "acupuncture", "better": "yes"},
          (35, 70), 0, (), (_NEEDLE, _MOXA), "U62.392.3"),
    _Told("traditional_medicine", "M54.5", "Đau thắt lưng", {"method": "both", "packs": "7", "better": "no"},
          (35, 70), 0, (), (_NEEDLE,), "U62.392.3"),
)  # fmt: skip


def told(visits: Visits) -> Iterator[Operation]:
    """A visit of somebody of the right age for each, who came for nothing else these months."""
    station = visits.played()
    if station < 0:
        return
    lives = visits.made.people.resident(np.datetime64(visits.until))
    busy = {one.person for one in visits.came}
    free = [
        n for n in np.flatnonzero(lives & (visits.commune == station)).tolist() if n not in busy
    ]
    for n, one in enumerate(_TOLD):
        person = next((each for each in free if _fits(visits, each, one)), None)
        if person is not None:
            free.remove(person)
            on = after(visits.until, -one.ago - n * _APART % 45)
            yield _visit(visits, station, person, on, one)


def _fits(visits: Visits, person: int, one: _Told) -> bool:
    born, sex = visits.residents.born[person], visits.residents.sex[person]
    youngest, oldest = one.ages
    right = (
        after(visits.until, -_YEAR * oldest) <= born <= after(visits.until, -_YEAR * (youngest + 1))
    )
    return right and one.sex in (0, sex)


def _visit(visits: Visits, station: int, person: int, on: date, one: _Told) -> Operation:
    began = morning(on) + timedelta(minutes=person % 50)
    payload = RecordVisit(
        person=visits.residents.ids[person], began_at=began, payer="programme", reason=one.reason,
        care="15" if one.served == (_CHECK,) else "01",
        measured=tuple(Measured(what=what, value=Decimal(value)) for what, value in one.measured),
        diagnosed=(Diagnosed(code=one.code, main=True, traditional=one.traditional),),
        served=tuple(Served(code=code) for code in one.served),
        answered=(Answered(programme=one.programme, fields=one.fields),), practitioner=licence(station),
    )  # fmt: skip
    return Operation.of(
        payload, id=visits.names.of("programme-visit", one.programme, person),
        unit=visits.station[station], happened_on=on, recorded_at=began + timedelta(minutes=10),
    )  # fmt: skip
