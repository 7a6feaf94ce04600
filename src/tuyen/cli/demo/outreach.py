"""The demo's mobile sessions: what the far villages of the demo's commune need, two teams, one month in force."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    AskRounds,
    PointSaid,
    PutRoundsInForce,
    StateNeed,
    StatePoint,
    StateTeam,
)
from tuyen.apps.network.rounds import first_monday
from tuyen.apps.registry import queries as registry
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation

_TEAMS = (
    ("Đội xe máy 1", "motorbike", ("vaccinator", "midwife"), 540, 480, (0, 1, 2, 3, 4)),
    ("Đội ô tô", "car", ("vaccinator", "doctor"), 540, 600, (1, 3)),
)
_MARKETS = ((0,), (1, 3), (2,), (4,), (0, 2, 4))
_FUNCTIONS = ("immunisation", "examination", "chronic")


def station(made: Province, names: Names) -> UUID | None:
    """The station of the demo's commune: where the station head of the logins works."""
    found = (one.unit for one in made.staff.logins if one.role == "station-head")
    ref = next(found, None)
    return None if ref is None else names.unit(ref)


def stated(made: Province, names: Names, until: date) -> Iterator[Operation]:
    """Teams, points, and the needs of every village that the rules propose a visit to."""
    unit = station(made, names)
    if unit is None:
        return
    said = until - timedelta(days=10)
    for n, (name, kind, skills, minutes, cold, weekdays) in enumerate(_TEAMS):
        payload = StateTeam(
            name=name, kind=kind, skills=skills, minutes=minutes, cold_minutes=cold,  # type: ignore[arg-type]
            weekdays=weekdays,
        )  # fmt: skip
        yield names.operation(payload, "outreach-team", n, unit=unit, on=said)
    points = sorted(registry.atlas().subjects(unit, "satellite_of", until))
    for n, point in enumerate(points):
        what = PointSaid(
            functions=_FUNCTIONS[: 2 + n % 2], weekdays=((0, 2, 4), (1, 3))[n % 2],
            served_by=("Y sĩ trực luân phiên",), mobile="Đội lưu động ghé mỗi tháng một lần",
        )  # fmt: skip
        yield names.operation(StatePoint(said=what), "outreach-point", n, unit=point, on=said)
    rows = queries.needs(by=Actor.program(until), unit=unit, on=until)
    for n, one in enumerate(one for one in rows if one.visits):
        need = StateNeed(
            village=one.village, visits=2 if n % 4 == 0 else 1, minutes=one.minutes,
            weekdays=_MARKETS[n % len(_MARKETS)], skills=one.skills, road=n % 3 != 1,
        )  # fmt: skip
        yield names.operation(need, "outreach-need", n, unit=unit, on=said)


def planned(made: Province, names: Names, until: date) -> Iterator[Operation]:
    """The rounds of the next month: asked for, answered as the work beside the server does, put in force."""
    unit = station(made, names)
    if unit is None:
        return
    month = (until.replace(day=28) + timedelta(days=4)).replace(day=1)
    asked = AskRounds(starts=first_monday(month), quick=True)
    ask = names.operation(asked, "outreach-search", unit=unit, on=until)
    yield ask
    payload = queries.proposed(
        by=Actor.program(until), unit=unit, month=month, children=0, search=ask.id
    )
    draft = names.operation(payload, "outreach-month", unit=unit, on=until)
    yield draft
    force = PutRoundsInForce(plan=draft.id)
    yield names.operation(force, "outreach-month", unit=unit, on=until)


def served(made: Province, names: Names, until: date) -> Iterator[Operation]:
    """Who of the station serves its points in the next month, as its head shares the days out."""
    unit = station(made, names)
    if unit is None:
        return
    month = (until.replace(day=28) + timedelta(days=4)).replace(day=1)
    payload = queries.planned_point_days(by=Actor.program(until), unit=unit, month=month, on=until)
    if payload.days:
        yield names.operation(payload, "outreach-point-days", unit=unit, on=until)
