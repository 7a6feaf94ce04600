"""The demo's immunisation sessions: one of today with a queue, and adverse events, all invented."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.examining import form
from tuyen.apps.immunization.operations import (
    Answered,
    Arrive,
    ExpectedPerson,
    FollowUpAefi,
    Given,
    LotNamed,
    NotifyAefi,
    Observe,
    OpenSession,
    PlannedVials,
    PlanSession,
    RecordDoses,
    ReportAefi,
    Screen,
)
from tuyen.apps.registry import queries as registry
from tuyen.cli.demo.names import Names, morning
from tuyen.cli.demo.people import Residents
from tuyen.engines.synthetic.province import Province
from tuyen.kernel import stocking
from tuyen.kernel.operation import Operation, Payload

_HEAD = "tramtruong"
_VACCINE = "DTP-HepB-Hib"
_INFANT, _CHILD = (_VACCINE, "bOPV"), ("MR",)
_VIALS = ((_VACCINE, 20, 1), ("bOPV", 2, 20), ("MR", 3, 10))
_EXPECTED, _ARRIVED, _FEVERISH = 24, 7, 3
_TEAM = ("Y sĩ khám sàng lọc", "Điều dưỡng tiêm chủng", "Nữ hộ sinh theo dõi sau tiêm")
_LOT, _WRONG_LOT = "P26-0412", "P26-0188"
# Kinds, outcome, and what is told of three mild events of yesterday and today.
_MILD = (
    (("fever",), "recovered", "Sốt 38,4 °C trong đêm sau tiêm, sáng nay đã hết."),
    (("local",), "recovering", "Sưng đỏ 3 cm tại chỗ tiêm, đang giảm."),
    (("persistent-crying",), "recovered", "Quấy khóc kéo dài ba giờ, sau đó bú bình thường."),
)


class _Teller:
    """Operations of one station on a day, with ids that repeat, minutes apart."""

    def __init__(self, names: Names, unit: UUID) -> None:
        self.names, self.unit = names, unit

    def at(self, payload: Payload, *parts: object, on: date, minute: int = 0) -> Operation:
        return Operation.of(
            payload, id=self.names.of(payload.KIND.name, "session", *parts), unit=self.unit,
            happened_on=on, recorded_at=morning(on) + timedelta(minutes=minute),
        )  # fmt: skip


def held(made: Province, residents: Residents, names: Names, on: date) -> Iterator[Operation]:
    """A session of the head's station with people in every lane, and a few adverse events."""
    found = next((one for one in made.staff.logins if one.login == _HEAD), None)
    if found is None:
        return
    unit = names.unit(found.unit)
    infants = _infants(made, residents, unit, on)
    teller = _Teller(names, unit)
    yield from _events(teller, infants, on)
    yield from _today(teller, infants[:_EXPECTED], on)


def _infants(
    made: Province, residents: Residents, unit: UUID, on: date
) -> list[tuple[UUID, date, int]]:
    """(id, birth, sex) of those from two months to fourteen years who live where the unit serves, the
    youngest first: a small demo has few infants."""
    places = registry.atlas().reach(unit, "own", on)
    here = np.flatnonzero(made.people.resident(np.datetime64(on))).tolist()
    found = []
    for n in here:
        age = (on - residents.born[n]).days
        if 60 <= age < 15 * 365 and residents.village[int(made.people.village[n])] in places:
            found.append((residents.ids[n], residents.born[n], residents.sex[n]))
    return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)


def _today(teller: _Teller, infants: list[tuple[UUID, date, int]], on: date) -> Iterator[Operation]:
    """From the plan to two who are observed and one who has a fever."""
    lots = _lots(teller.unit, on)
    plan = PlanSession(
        kind="fixed", day=on, starts="07:30", tables=1, team=_TEAM,
        vials=tuple(
            PlannedVials(vaccine=code, lot=lots.get(code, ""), vials=vials, size=size)
            for code, vials, size in _VIALS
        ),
        expected=tuple(
            ExpectedPerson(person=id, vaccines=_due(born, on)) for id, born, _sex in infants
        ),
    )  # fmt: skip
    first = teller.at(plan, "plan", on=on, minute=-90)
    yield first
    session = first.id
    yield teller.at(OpenSession(session=session), "open", on=on, minute=-30)
    came = infants[:_ARRIVED]
    visits = []
    for n, (id, _born, _sex) in enumerate(came):
        arrival = teller.at(
            Arrive(session=session, person=id), "arrive", n, on=on, minute=n * 2 - 20
        )
        visits.append(arrival.id)
        yield arrival
    for n, (_id, born, sex) in enumerate(came[:4]):
        asked = form(on, _due(born, on), (on - born).days, sex).questions
        payload = Screen(
            visit=visits[n], vaccines=_due(born, on), temperature=38.1 if n == _FEVERISH else 36.7,
            answers={question.code: Answered(yes=False) for question in asked},
        )  # fmt: skip
        yield teller.at(payload, "screen", n, on=on, minute=n * 2 - 8)
    for n, (id, born, _sex) in enumerate(came[:2]):
        minute = n * 3
        doses = RecordDoses(
            person=id, programme="routine", place_kind="station", screening="passed",
            session=session, given=tuple(
                Given(vaccine=code, lot=lots.get(code, ""), injected_at=_at(on, minute))
                for code in _due(born, on)
            ),
        )  # fmt: skip
        yield teller.at(doses, "dose", n, on=on, minute=minute)
    for n in range(min(2, len(came))):
        yield teller.at(Observe(visit=visits[n]), "observe", n, on=on, minute=n * 3)


def _events(
    teller: _Teller, infants: list[tuple[UUID, date, int]], on: date
) -> Iterator[Operation]:
    """Three mild ones, and a serious one whose lot is suspended and whose clocks run."""
    if len(infants) <= len(_MILD):
        return
    for n, (kinds, outcome, story) in enumerate(_MILD):
        report = ReportAefi(
            person=infants[-1 - n][0], kinds=kinds, onset_at=_at(on, -600), noticed_at=_at(on, n * 20),
            lots=(LotNamed(vaccine=_VACCINE, lot=_LOT),), outcome=outcome, story=story,  # type: ignore[arg-type]
        )  # fmt: skip
        yield teller.at(report, "mild", n, on=on, minute=30 + n * 20)
    serious = ReportAefi(
        person=infants[-1 - len(_MILD)][0], kinds=("high-fever", "seizure"), severity=("hospital",),
        onset_at=_at(on, -300), noticed_at=_at(on, -240), outcome="recovering",
        lots=(LotNamed(vaccine=_VACCINE, lot=_WRONG_LOT),),
        treatment="Hạ sốt, chuyển trung tâm y tế khu vực.",
        story="Sốt 39,5 °C trong đêm sau tiêm, co giật một cơn ngắn, nhập viện theo dõi.",
    )  # fmt: skip
    reported = teller.at(serious, "serious", on=on, minute=-200)
    yield reported
    steps: tuple[Payload, ...] = (
        NotifyAefi(aefi=reported.id, told="cdc", how="call", who="Trực CDC tỉnh"),
        FollowUpAefi(aefi=reported.id, note="Tỉnh táo, hết sốt, còn theo dõi tại khoa nhi."),
    )
    for n, payload in enumerate(steps):
        yield teller.at(payload, "serious", n, on=on, minute=60 * n - 180)


def _due(born: date, on: date) -> tuple[str, ...]:
    """What somebody is called for: the demo's own rule, by age alone."""
    return _INFANT if (on - born).days < 365 else _CHILD


def _lots(unit: UUID, on: date) -> dict[str, str]:
    """The first lot to use of each vaccine, where stock is kept."""
    found: dict[str, str] = {}
    for one in stocking.usable(Actor.program(on), unit=unit, on=on):
        found.setdefault(one.vaccine, one.number)
    return found


def _at(day: date, minute: int) -> datetime:
    return morning(day) + timedelta(minutes=minute)
