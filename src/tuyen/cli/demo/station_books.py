"""The demo's rarer books: malaria, mental health, tuberculosis and HIV at some stations, health education,
tetanus for women, and how people died of whom the registry says that they did."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.operations import (
    Answered,
    DeathFacts,
    DescribeDeath,
    Diagnosed,
    RecordTalk,
    RecordVisit,
    Served,
    TalkFacts,
)
from tuyen.apps.immunization.operations import Given, RecordDoses
from tuyen.apps.registry import queries as registry
from tuyen.cli.demo.care import Visits
from tuyen.cli.demo.claims import licence
from tuyen.cli.demo.names import after, day, morning
from tuyen.engines.synthetic.care import Came
from tuyen.kernel.operation import Operation

_MONTH = 35
"""Somebody seen in the last days was seen so many days before too: in the month that is over."""
_STATIONS = 6
_DESCRIBED = 120
_ADULT = 18


class _Kind(NamedTuple):
    """What somebody is seen with: ``shown`` at the station of the demo, ``few`` at others."""

    codes: tuple[str, ...]
    reason: str
    served: tuple[Served, ...]
    answered: tuple[Answered, ...]
    shown: int
    few: int


_SLIDE = "24.0289.1694"
_KINDS = (
    _Kind(("B51.9",), "Sốt rét run từng cơn", (Served(code=_SLIDE, result="P. vivax (+)"),), (), 2, 1),
    _Kind(("B54",), "Sốt, đi rẫy về", (Served(code=_SLIDE, result="âm tính"),), (), 1, 0),
    _Kind(("F20.0",), "Tái khám, lĩnh thuốc", (),
          (Answered(programme="mental_health", fields={"function": "fair", "takes_drugs": "yes"}),), 2, 1),
    _Kind(("A15.0",), "Theo dõi điều trị lao", (),
          (Answered(programme="tuberculosis", fields={"site": "1", "bacteria": "1", "treatment": "2"}),), 2, 0),
    _Kind(("Z21",), "Tư vấn, theo dõi", (), (), 1, 0),
)  # fmt: skip
_OLD = (("I64", "Tai biến mạch máu não"), ("J44.9", "COPD"), ("I21.9", "Nhồi máu cơ tim"),
        ("C34.9", "Ung thư phổi"), ("J18.9", "Viêm phổi"), ("E11.9", "Đái tháo đường"))  # fmt: skip
_ADULTS = (
    ("V29.9", "Tai nạn xe máy"),
    ("K74.6", "Xơ gan"),
    ("C22.9", "Ung thư gan"),
    ("X70", "Tự tử"),
)
_CHILDREN = (("P22.0", "Suy hô hấp sơ sinh"), ("J18.9", "Viêm phổi"), ("W74", "Đuối nước"))
_HOW = (("home", "family", False), ("hospital", "doctor", True), ("home", "village", True),
        ("home", "assistant", True), ("way", "commune", False))  # fmt: skip


_TALKS = (
    ("group", "immunization", "", 3), ("home", "mother-child", "", 5),
    ("loudspeaker", "epidemics", "sốt xuất huyết", 0), ("group", "chronic", "", 8),
    ("school", "injury", "đuối nước", 4), ("home", "nutrition", "", 6),
    ("group", "thalassaemia", "", 7), ("loudspeaker", "food", "nấm rừng", 0),
)  # fmt: skip
"""Form, topic, words, a tenth of the people reached, of talks that follow each other."""
_BETWEEN = 7
"""Days from one talk to the next."""
_SPEAKERS = ("Lò Thị Hoa", "Giàng A Páo", "Quàng Văn Thương")
_YOUNG, _OLDER = 18, 35
_TETANUS, _TETANUS_ELSEWHERE = 8, 2


def told(visits: Visits) -> Iterator[Operation]:
    """Everything that stands in these books."""
    yield from seen(visits)
    yield from described(visits)
    yield from talked(visits)
    yield from tetanus(visits)


def seen(visits: Visits) -> Iterator[Operation]:
    """Visits with what is rare, of adults who came to the station for something else these days."""
    by_station: dict[int, list[Came]] = {}
    for one in visits.came:
        born = visits.residents.born[one.person]
        if not one.followed and born <= after(visits.until, -366 * _ADULT):
            by_station.setdefault(int(visits.commune[one.person]), []).append(one)
    shown = max(by_station, key=lambda station: len(by_station[station]), default=None)
    others = [station for station in sorted(by_station) if station != shown][:_STATIONS]
    for station in [shown, *others] if shown is not None else []:
        people = iter(dict.fromkeys(one.person for one in by_station[station]))
        days = {one.person: day(one.day) for one in by_station[station]}
        for kind in _KINDS:
            for _n in range(kind.shown if station == shown else kind.few):
                person = next(people, None)
                if person is None:
                    break
                on = days[person] or visits.until
                yield _visit(visits, station, person, after(on, -_MONTH), kind)
                yield _visit(visits, station, person, on, kind)


def _visit(visits: Visits, station: int, person: int, on: date, kind: _Kind) -> Operation:
    began = morning(on) + timedelta(hours=6, minutes=person % 50)
    payload = RecordVisit(
        person=visits.residents.ids[person], began_at=began, payer="programme", reason=kind.reason,
        diagnosed=tuple(Diagnosed(code=code, main=not n) for n, code in enumerate(kind.codes)),
        served=kind.served, answered=kind.answered, practitioner=licence(station),
    )  # fmt: skip
    return Operation.of(
        payload, id=visits.names.of("rare-visit", person, on.isoformat()),
        unit=visits.station[station], happened_on=on, recorded_at=began + timedelta(minutes=10),
    )  # fmt: skip


def described(visits: Visits) -> Iterator[Operation]:
    """How people of the stations died in the last months; one in five is still to be described."""
    by, map_ = Actor.program(visits.until), registry.atlas()
    first = after(visits.until, -_DESCRIBED)
    told: set[UUID] = set()
    for station in visits.station:
        places = map_.reach(station, "own", visits.until)
        found = registry.deaths(by=by, first=first, last=visits.until, places=places)
        for n, one in enumerate(found):
            if one.person in told or n % 5 == 4:
                continue
            told.add(one.person)
            on = min(visits.until, after(one.died_on, 2))
            payload = DescribeDeath(person=one.person, what=_how(n, one))
            yield visits.names.operation(payload, one.person, unit=station, on=on)


def _how(n: int, one: Any) -> DeathFacts:
    years = (one.died_on - one.born_on).days // 365
    causes = _CHILDREN if years < 5 else _OLD if years >= 60 else _ADULTS
    cause, words = causes[(n + one.born_on.day) % len(causes)]
    place, by, cared = _HOW[(n + one.born_on.month) % len(_HOW)]
    return DeathFacts(place=place, certified_by=by, cause=cause, cause_words=words, cared=cared)  # type: ignore[arg-type]


def talked(visits: Visits) -> Iterator[Operation]:
    """Health education of the last two months, at the station of the demo and at some others."""
    map_ = registry.atlas()
    for rank, station in enumerate(_shown(visits)):
        unit = visits.station[station]
        reach = map_.reach(unit, "own", visits.until)
        villages = sorted(
            (id for id in map_.units("village", visits.until) if id in reach), key=map_.name
        )
        for n, (form, topic, words, tens) in enumerate(_TALKS if not rank else _TALKS[:3]):
            on = after(visits.until, -1 - n * _BETWEEN)
            at_home = form != "loudspeaker" and villages
            what = TalkFacts(
                on=on, form=form, topic=topic, topic_words=words, reached=tens * 10 and tens * 10 - n,
                place=villages[n % len(villages)] if at_home else None,
                speaker=_SPEAKERS[(n + rank) % len(_SPEAKERS)],
            )  # fmt: skip
            yield visits.names.operation(RecordTalk(what=what), station, n, unit=unit, on=on)


def tetanus(visits: Visits) -> Iterator[Operation]:
    """Doses against tetanus for young women, which stand in the book of others (A2.2)."""
    lives = visits.made.people.resident(np.datetime64(visits.until))
    first, last = (after(visits.until, -366 * years) for years in (_OLDER, _YOUNG))
    for rank, station in enumerate(_shown(visits)):
        women = [
            n for n in np.flatnonzero(lives & (visits.commune == station)).tolist()
            if visits.residents.sex[n] == 2 and first <= visits.residents.born[n] <= last
        ]  # fmt: skip
        for n, person in enumerate(women[: _TETANUS_ELSEWHERE if rank else _TETANUS]):
            on = after(visits.until, -2 - n * _BETWEEN)
            payload = RecordDoses(
                person=visits.residents.ids[person], given=(Given(vaccine="TT", lot="VAT-2603", number=1 + n % 2),),
                programme="routine", place_kind="station", screening="passed", vaccinator=_SPEAKERS[0],
            )  # fmt: skip
            yield visits.names.operation(payload, person, unit=visits.station[station], on=on)


def _shown(visits: Visits) -> list[int]:
    """The station that is played, and the first few others to which people came."""
    came = sorted({int(visits.commune[one.person]) for one in visits.came})
    played = visits.played()
    others = [station for station in came if station != played][:_STATIONS]
    return [played, *others] if played >= 0 else others
