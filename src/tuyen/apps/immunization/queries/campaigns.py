"""A campaign over all its stations and days: for the centre that guides them and for the province."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.campaign_counts import Counted
from tuyen.apps.immunization.models import CampaignDay, Session
from tuyen.apps.immunization.queries.sessions import READ
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.immunization.programme import campaign_report_due


class Named(NamedTuple):
    """A campaign among others: its days and how many stations hold sessions."""

    name: str
    first: date
    last: date
    units: int
    sessions: int


class Line(NamedTuple):
    """The figures of a station, a day, a centre or all together, as they stand in the record now.

    ``reported`` of ``days`` were reported; ``late`` of them after 17:00, ``owed`` are past it and were
    not.
    """

    key: str
    name: str
    figures: dict[str, Any]
    days: int
    reported: int
    late: int
    owed: int

    @property
    def used(self) -> int:
        """Doses given and doses lost."""
        given = sum(self.figures["doses"].values())
        return int(given + self.figures["wasted_open"] + self.figures["wasted_closed"])

    @property
    def wastage(self) -> float | None:
        """The share of the doses used that nobody got; None before anything was used."""
        lost = self.figures["wasted_open"] + self.figures["wasted_closed"]
        return lost / self.used if self.used else None


class Campaign(NamedTuple):
    """A campaign, of the units that the reader may see."""

    name: str
    first: date
    last: date
    total: Line
    by_centre: tuple[Line, ...]
    by_unit: tuple[Line, ...]
    by_day: tuple[Line, ...]


def campaigns(*, by: Actor, first: date, last: date) -> list[Named]:
    """Campaigns with sessions in a span of days, the latest first: one query."""
    rows = Session.objects.filter(
        policies.scope(by, READ).where("unit_id"), day__range=(first, last)
    ).exclude(campaign="").exclude(state="cancelled")  # fmt: skip
    days: dict[str, list[date]] = defaultdict(list)
    units: dict[str, set[UUID]] = defaultdict(set)
    for name, day, unit in fetch(rows.values_list("campaign", "day", "unit_id")):
        days[name].append(day)
        units[name].add(unit)
    found = [
        Named(name, min(each), max(each), len(units[name]), len(each))
        for name, each in days.items()
    ]
    return sorted(found, key=lambda one: (one.last, one.name), reverse=True)


def campaign(*, by: Actor, name: str, now: datetime, day: date | None = None) -> Campaign | None:
    """Everything that was done under a campaign's name, or on one day of it; None where the reader
    may see no session of it. Nine queries for any number of stations."""
    scope = policies.scope(by, READ)
    rows = Session.objects.filter(scope.where("unit_id"), campaign=name)
    rows = rows.exclude(state="cancelled")
    if day is not None:
        rows = rows.filter(day=day)
    held = list(fetch(rows.order_by("day", "id").values_list("id", "unit_id", "day", "state")))
    if not held:
        return None
    told = CampaignDay.objects.filter(scope.where("unit_id"), campaign=name)
    reports = {
        (unit, on): at > due
        for unit, on, at, due in fetch(told.values_list("unit_id", "day", "reported_at", "due_at"))
    }
    counting = _Lines(held, reports, now)
    map_, last = registry.atlas(), held[-1][2]
    units: dict[UUID, list[Any]] = defaultdict(list)
    centres: dict[str, list[Any]] = defaultdict(list)
    days: dict[date, list[Any]] = defaultdict(list)
    names = {}
    for row in held:
        units[row[1]].append(row)
        days[row[2]].append(row)
        centre = next(iter(map_.related(row[1], "guided_by", row[2])), None)
        names[str(centre or "")] = map_.full_name(centre, row[2]) if centre else ""
        centres[str(centre or "")].append(row)
    return Campaign(
        name, held[0][2], last, counting.line("", "", held),
        tuple(sorted((counting.line(key, names[key], own) for key, own in centres.items()),
                     key=_by_name)),
        tuple(sorted((counting.line(str(unit), map_.full_name(unit, last), own)
                      for unit, own in units.items()), key=_by_name)),
        tuple(counting.line(on.isoformat(), "", own) for on, own in sorted(days.items())),
    )  # fmt: skip


def _by_name(line: Line) -> tuple[str, str]:
    return line.name, line.key


@walls.whole("what was done at sessions that the reader may see, counted without names")
def _counted(sessions: set[UUID]) -> Counted:
    """Whoever came may live elsewhere: their age counts all the same."""
    return Counted(sessions)


class _Lines:
    def __init__(
        self, held: Iterable[Any], reports: dict[tuple[UUID, date], bool], now: datetime
    ) -> None:
        self.counted = _counted({row[0] for row in held})
        self.reports, self.now = reports, now

    def line(self, key: str, name: str, rows: list[Any]) -> Line:
        on = rows[-1][2]
        figures = self.counted.figures({row[0]: row[3] for row in rows}, on)
        days = {(row[1], row[2]) for row in rows}
        owed = sum(
            one not in self.reports
            and campaign_report_due(one[1]).replace(tzinfo=VIETNAM) < self.now
            for one in days
        )
        reported = [self.reports[one] for one in days if one in self.reports]
        return Line(key, name, figures, len(days), len(reported), sum(reported), owed)
