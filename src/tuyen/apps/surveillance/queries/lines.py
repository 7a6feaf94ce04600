"""The line below which statistical alarms are silent: who decided it, and what it does now."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count as CountOf

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.lines import Line, Lines
from tuyen.apps.surveillance.models import Alarm, AlarmLesson
from tuyen.apps.surveillance.weighing import STATISTICAL
from tuyen.rules.surveillance.detectors import chances

READ = "surveillance.alarm.read"


class DecidedLine(NamedTuple):
    """A line that holds in some of the reader's communes."""

    line: Line
    unit_name: str  # empty: what is shipped
    author: str
    communes: int  # of the reader's


class Taught(NamedTuple):
    """What the newest lesson rests on."""

    made_on: date
    weeks: int
    told: int
    denied: int
    share: float | None  # of outbreaks that somebody tells; None: too few answers
    needed: int


class LinePage(NamedTuple):
    """Lines in force, the newest lesson, and open statistical alarms by what keeps them silent."""

    lines: list[DecidedLine]
    taught: Taught | None
    standing: dict[str, int]  # "", share, budget


def alarm_lines(*, by: Actor) -> LinePage:
    """The lines in the reader's communes, the widest first: four queries."""
    map_, scope = places.atlas(), policies.scope(by, READ)
    held = Lines(map_, by.on)
    counted: dict[UUID | None, int] = {}
    lines: dict[UUID | None, Line] = {}
    for commune in map_.communes(by.on):
        if scope.covers(commune):
            line = held.at(commune)
            counted[line.id] = counted.get(line.id, 0) + 1
            lines[line.id] = line
    names = access.names({line.author for line in lines.values() if line.author})
    shown = [
        DecidedLine(
            line, map_.full_name(line.unit, by.on) if line.unit else "",
            names.get(line.author, "") if line.author else "", counted[id],
        )
        for id, line in lines.items()
    ]  # fmt: skip
    open_ = Alarm.objects.filter(STATISTICAL, scope.where("commune_id"), closed_on=None)
    rows = open_.exclude(state="dismissed").values_list("below").annotate(CountOf("id")).order_by()
    return LinePage(
        sorted(shown, key=lambda one: (-one.communes, one.unit_name)), taught(by=by), dict(rows)
    )


def taught(*, by: Actor) -> Taught | None:
    """The newest lesson up to the reader's day, which says nothing of anybody: one query."""
    columns = ("made_on", "weeks", "told", "denied", "share")
    rows = AlarmLesson.objects.filter(made_on__lte=by.on).order_by("-made_on", "id")
    row = rows.values_list(*columns).first()
    if row is None:
        return None
    made_on, weeks, told, denied, share = row
    return Taught(made_on, weeks, told, denied, share, chances(by.on).fewest_told)
