"""The story of a drill as moves: who sends which operation when, all known from the seed."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.surveillance.drills.casting import OTHERS, Cast
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges, ReportCase, ReportZero
from tuyen.apps.surveillance.operations.drills import SendDrillMessage
from tuyen.apps.surveillance.operations.events import ReportSignal
from tuyen.engines.surveillance import drill_outbreak as engine
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Payload
from tuyen.kernel.period import Period
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance.drills import Scenario

PROGRAM = ""
SIDES = {"A": 0, "B": 1}
_NIGHT = time(22, 30)


class Move(NamedTuple):
    """One operation of the story. ``part`` sends it (``PROGRAM``: nobody's account); ``case`` is the
    infection it tells of, which a response may have prevented; no payload: the night's own work."""

    due: datetime
    id: UUID
    part: str
    unit: UUID
    payload: Payload | None
    corrects: UUID | None = None
    case: int | None = None


class Story(NamedTuple):
    """The hidden outbreak and everything that follows from it, in the order in which it is due."""

    hidden: engine.Hidden
    known: engine.Known
    moves: list[Move]


def tell(
    scenario: Scenario, cast: Cast, *, drill: UUID, begins: datetime, seed: int,
    side: str = "A",
) -> Story:  # fmt: skip
    """The whole story of one side of a drill.

    ``drill`` names this copy of it. The same seed gives both sides of a joint drill the same
    outbreak, and each tells only its own cases.
    """
    hidden = engine.unfold(engine.Model(*scenario.outbreak), scenario.days, seed)
    known = engine.known(hidden, engine.Reporting(*scenario.reporting), seed)
    moves = [
        *_cases(scenario, cast, hidden, known, drill, begins, SIDES[side]),
        *_zeros(scenario, cast, hidden, drill, begins, seed, SIDES[side]),
        *_signals(scenario, cast, drill, begins),
        *_injects(scenario, cast, drill, begins),
        *_nights(scenario, cast, drill, begins),
    ]
    end = begins + timedelta(days=scenario.days)
    order = sorted((m for m in moves if begins <= m.due < end), key=lambda m: (m.due, str(m.id)))
    return Story(hidden, known, order)


def _cases(
    scenario: Scenario, cast: Cast, hidden: engine.Hidden, known: engine.Known, drill: UUID,
    begins: datetime, side: int,
) -> Iterator[Move]:  # fmt: skip
    told: dict[int, datetime] = {}
    for n in np.flatnonzero(~np.isnan(known.reported) & (hidden.side == side)).tolist():
        due = begins + timedelta(days=float(known.reported[n]))
        told[n] = due
        village = _village(cast, hidden, n)
        unit, id = cast.stations[village], case_id(drill, n)
        part = "station-head" if unit == cast.station else OTHERS
        if unit not in {cast.station, *cast.others}:
            unit, part = cast.station, "station-head"
        source = int(hidden.source[n])
        links = (case_id(drill, source),) if told.get(source, due) < due else ()
        seen = _day(begins, known.seen[n])
        onset = min(_day(begins, hidden.onset[n]), seen)
        yield Move(due, id, part, unit, ReportCase(
            disease=scenario.disease, sex="male" if hidden.male[n] else "female",
            age=int(hidden.age[n]), onset_on=onset, diagnosed_on=seen, village=village,
            name=f"DIỄN TẬP {n + 1:03}", classification="suspected",
            vaccinated="yes" if hidden.vaccinated[n] else "no",
            care="inpatient" if hidden.admitted[n] else "outpatient",
            admitted_on=seen if hidden.admitted[n] else None, linked_to=links,
            cluster=f"dt-{drill.hex[:8]}", reporter="Diễn tập",
        ), case=n)  # fmt: skip
        if not np.isnan(known.result[n]):
            yield _result(scenario, known, n, begins, Move(due, id, part, unit, None), seen)


def _result(
    scenario: Scenario, known: engine.Known, n: int, begins: datetime, report: Move, seen: Any
) -> Move:
    """The laboratory's answer, entered by whoever reported the case."""
    due = max(begins + timedelta(days=float(known.result[n])), report.due + timedelta(hours=1))
    positive = bool(known.positive[n])
    changes = CaseChanges(
        sampled_on=seen, test=scenario.test, result="positive" if positive else "negative",
        result_on=due.astimezone(VIETNAM).date(),
        **({"classification": "confirmed"} if positive else {}),
    )  # fmt: skip
    payload = AmendCase(case=report.id, changes=changes, reason="Kết quả xét nghiệm diễn tập")
    return Move(due, derived_id(report.id, "result"), report.part, report.unit, payload,
                corrects=report.id, case=n)  # fmt: skip


def _zeros(
    scenario: Scenario, cast: Cast, hidden: engine.Hidden, drill: UUID, begins: datetime,
    seed: int, side: int,
) -> Iterator[Move]:  # fmt: skip
    """The other stations say each week that they saw nothing; some say it late."""
    rng = np.random.default_rng([seed, 4])
    ill = {cast.stations[_village(cast, hidden, n)] for n in range(hidden.onset.size)}
    week = Period.of("week", begins.astimezone(VIETNAM).date()).next()  # reality reported this one
    for _ in range(scenario.days // 7 + 1):
        monday = datetime.combine(week.next().start, time(9), VIETNAM)
        for unit in cast.others:
            late = rng.random() < scenario.late_stations
            due = monday + timedelta(hours=float(rng.uniform(0, 30)) + (110 if late else 0))
            if unit not in ill:
                id = derived_id(drill, "zero", unit, week.label)
                yield Move(due, id, OTHERS, unit, ReportZero(week=week.label))
        week = week.next()


def _signals(scenario: Scenario, cast: Cast, drill: UUID, begins: datetime) -> Iterator[Move]:
    """What people at the place notice before anybody knows what it is."""
    parts = {"village": "village-health-worker", "gate": "border-officer"}
    for n, said in enumerate(scenario.signals):
        due = begins + timedelta(days=said.day)
        part = parts.get(said.source, "station-head")
        unit = cast.posts.get(part, cast.station)
        payload = ReportSignal(
            sign=said.sign, source=said.source,  # type: ignore[arg-type]
            seen_on=due.astimezone(VIETNAM).date(),
            village=cast.village, affected=said.affected, reporter="Diễn tập",
            note=said.text["vi"],
        )  # fmt: skip
        yield Move(due, derived_id(drill, "signal", n), part, unit, payload)


def _injects(scenario: Scenario, cast: Cast, drill: UUID, begins: datetime) -> Iterator[Move]:
    for inject in scenario.injects:
        due = begins + timedelta(days=inject.day)
        until = None if inject.answer_hours is None else due + timedelta(hours=inject.answer_hours)
        payload = SendDrillMessage(key=inject.id, sort="inject", to=inject.to, due_at=until)
        unit = cast.posts.get(inject.to, cast.station)
        yield Move(due, derived_id(drill, "inject", inject.id), PROGRAM, unit, payload)


def _nights(scenario: Scenario, cast: Cast, drill: UUID, begins: datetime) -> Iterator[Move]:
    first = begins.astimezone(VIETNAM).date()
    for n in range(scenario.days + 1):
        due = datetime.combine(first + timedelta(days=n), _NIGHT, VIETNAM)
        yield Move(due, derived_id(drill, "night", n), PROGRAM, cast.station, None)


def _village(cast: Cast, hidden: engine.Hidden, n: int) -> UUID:
    ring = cast.rings[min(int(hidden.ring[n]), len(cast.rings) - 1)] or cast.rings[0]
    return ring[n % len(ring)]


def case_id(drill: UUID, n: int) -> UUID:
    """The case that tells of the n-th infection in this copy of the story."""
    return derived_id(drill, "case", n)


def _day(begins: datetime, days: float) -> Any:
    return (begins + timedelta(days=float(days))).astimezone(VIETNAM).date()
