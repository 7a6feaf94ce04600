"""The lists that a station and the province look at, at 650,000 people with 3,000,000 visits.

``python -m benchmarks.clinical.lists [--people N] [--visits N] [--rounds N]``: makes a store of its
own in a folder that is removed afterwards (or on the PostgreSQL that ``TUYEN_DATABASE_URL`` names,
which must be empty), fills it (:mod:`filling`), and asks as the head of one station and as the
province ask: who is called so, the people of a place, a person's summary, the day, who is expected,
who was sent on, the overdue list, the panels and their last pages. On PostgreSQL each asker stands
behind the wall.

Of each: statements, the median and 95th percentile by the wall and of this process's own work, over
as many different people, days and names. The same is asked first at a tenth of the size: the number
of statements must not change.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import measuring
from benchmarks.clinical.filling import CHRONIC, PERSON, TODAY, Filling
from benchmarks.clinical.overdue import _opened
from benchmarks.measuring import Figures

NAMES = ("lo thi", "giang a sua", "nguyen van 1987", "vang", "quang thi hoa", "zz qq")
Ask = Callable[[int], Any]


def main() -> None:
    given = measuring.arguments(("people", 650_000), ("visits", 3_000_000), ("rounds", 20))
    home = Path(tempfile.mkdtemp(prefix="lists-"))
    try:
        os.environ["TUYEN_HOME"] = str(home)
        filling = Filling(_opened())
        figures: Figures = {"store": measuring.store_name()} | vars(given)
        for name, part in (("tenth", 10), ("whole", 1)):
            filling.up_to(given.people // part, given.visits // part)
            figures[name] = _asked(filling, given.rounds)
            measuring.note(f"{name}: {figures[name]}")
        figures["as_often"] = all(
            figures["tenth"][name]["statements"] == figures["whole"][name]["statements"]
            for name in figures["whole"]
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
    measuring.tell(figures)


def _asked(filling: Filling, rounds: int) -> dict[str, Any]:
    from uuid import uuid4

    from tuyen.apps.access import walls
    from tuyen.apps.access.actors import Actor, HeldPost

    station = filling.units[0][0]
    post = HeldPost(uuid4(), "station-head", station)
    own = Actor(user=uuid4(), name="", posts=(post,), on=TODAY, channel="web")
    every = Actor.program(TODAY)
    found = {}
    with walls.at(walls.Reader(own)):
        for name, ask in _of_station(own, station, filling).items():
            found[name] = _measured(ask, rounds)
    with _whole(walls):
        for name, ask in _of_province(every).items():
            found[name] = _measured(ask, rounds)
    return found


@contextmanager
def _whole(walls: Any) -> Iterator[None]:
    with walls.whole("benchmark"):
        yield


def _of_station(by: Any, station: UUID, filling: Filling) -> dict[str, Ask]:
    from tuyen.apps.clinical import queries
    from tuyen.apps.registry import queries as registry

    def person(n: int) -> UUID:
        """Somebody of the station's first village who has hypertension."""
        step = len(filling.units) * len(filling.units[0][1])
        return UUID(int=(PERSON << 96) + step * CHRONIC * (n % 80))

    def day(n: int) -> Any:
        return TODAY - timedelta(days=n * 13)

    panel = queries.PanelFilters(programme="hypertension", unit=station)
    return {
        "search": lambda n: registry.search_people(by=by, text=NAMES[n % len(NAMES)]),
        "people of a place": lambda n: registry.residents(by=by, unit=filling.units[0][1][n % 12]),
        "summary: visits": lambda n: queries.visits_of(by=by, person=person(n), limit=30),
        "summary: last values": lambda n: queries.last_values(by=by, persons=[person(n)]),
        "summary: charts": lambda n: queries.series(
            by=by, person=person(n), whats=["systolic", "diastolic"]
        ),
        "summary: programmes": lambda n: queries.enrolments_of(by=by, person=person(n), on=TODAY),
        "summary: drugs": lambda n: queries.last_prescription(by=by, person=person(n)),
        "day": lambda n: queries.day(by=by, unit=station, on=day(n)),
        "month": lambda n: queries.between(
            by=by, units=[station], first=day(n) - timedelta(days=29), last=day(n)
        ),
        "expected": lambda n: queries.expected(by=by, unit=station, around=day(n)),
        "sent on": lambda n: queries.referrals(by=by),
        "overdue": lambda n: queries.overdue(by=by, on=TODAY, unit=station, page=1 + n % 3),
        "tabs": lambda n: queries.list_lengths(by=by, filters=panel, on=TODAY),
        "panel": lambda n: queries.panel(by=by, filters=panel, on=TODAY, page=1 + n),
        "panel by village": lambda n: queries.panel_groups(
            by=by, programme="hypertension", unit=station, on=TODAY
        ),
    }


def _of_province(by: Any) -> dict[str, Ask]:
    from tuyen.apps.clinical import queries

    panel = queries.PanelFilters(programme="hypertension")
    return {
        "overdue, province": lambda n: queries.overdue(by=by, on=TODAY, page=1 + n % 3),
        "tabs, province": lambda n: queries.list_lengths(by=by, filters=panel, on=TODAY),
        "last page, province": lambda n: queries.panel(
            by=by, filters=panel, on=TODAY, page=10**6 + n
        ),
        "sent on, province": lambda n: queries.referrals(by=by),
    }


def _measured(ask: Ask, rounds: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask(0)
    with CaptureQueriesContext(connection) as told:
        ask(0)
    return {"statements": len(told), **measuring.spread_both(
        measuring.timed_both(partial(ask, n)) for n in range(1, rounds + 1)
    )}  # fmt: skip


if __name__ == "__main__":
    main()
