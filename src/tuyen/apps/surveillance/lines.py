"""Which statistical alarms ring: those that are seldom false, and no more than a team can look into."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.surveillance.models import AlarmLine
from tuyen.apps.surveillance.thresholds import communes_under
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import alarm_line

_GUIDES = 2.5  # between the levels of areas


class Line(NamedTuple):
    """A line as it stands: a decision, or (no ``id``) what is shipped."""

    share: float | None
    budget: int | None
    id: UUID | None = None
    unit: UUID | None = None
    since: date | None = None
    author: UUID | None = None
    reason: str = ""

    @property
    def open(self) -> bool:
        """Every alarm rings."""
        return self.share is None and self.budget is None


class Look(NamedTuple):
    """A statistical alarm as far as the line asks about it."""

    alarm: UUID
    disease: str
    commune: UUID  # of the day's map
    raised_on: date
    p: float | None
    false: float | None
    q: float | None
    answered: bool


class Lines:
    """The lines that hold on a day, commune by commune: one query."""

    def __init__(self, map_: Any, on: date) -> None:
        self.map, self.on, self.shipped = map_, on, Line(*alarm_line(on))
        columns = ("share", "budget", "id", "unit_id", "since", "author_id", "reason")
        rows = AlarmLine.objects.filter(since__lte=on).order_by("rank").values_list(*columns)
        latest: dict[UUID, Line] = {row[3]: Line(*row) for row in rows}
        decided = [
            (unit, line, communes_under(map_, unit, on))
            for unit, line in latest.items()
            if not line.open
        ]
        # The widest first: each nearer one is laid over it.
        decided.sort(key=lambda one: (map_.level(one[0], on) or _GUIDES, -len(one[2])))
        self._at = {commune: line for _, line, communes in decided for commune in communes}
        self._teams: dict[UUID, UUID] = {}

    def at(self, commune: UUID) -> Line:
        """The line of a commune of the day's map."""
        return self._at.get(commune, self.shipped)

    def team(self, commune: UUID) -> UUID:
        """Who answers an alarm of a commune: the centre that guides its station, or else the
        station itself; the commune where there is none."""
        if commune not in self._teams:
            stations = sorted(self.map.subjects(commune, "serves", self.on))
            guides = [
                g for s in stations for g in sorted(self.map.related(s, "guided_by", self.on))
            ]
            self._teams[commune] = next(iter([*guides, *stations]), commune)
        return self._teams[commune]


def below(lines: Lines, looks: Sequence[Look]) -> dict[UUID, str]:
    """What keeps each alarm from ringing: "share", "budget", or nothing.

    Alarms of one disease and commune that rang in one week are one look of the team: they ring, or
    are silent, together. What somebody answered rings, and takes its place in the budget. Of what
    was never learnt to be false the share says nothing, and the budget takes it by its p-value after
    what was learnt.
    """
    grouped: dict[tuple[UUID, str, str], list[Look]] = {}
    for look in looks:
        week = Period.of("week", look.raised_on).start.isoformat()
        grouped.setdefault((look.commune, week, look.disease), []).append(look)
    answer: dict[UUID, str] = {}
    waiting: dict[tuple[UUID, str], list[list[Look]]] = {}
    for (commune, week, _), group in grouped.items():
        line = lines.at(commune)
        if not _answered(group) and line.share is not None and not _within(group, line.share):
            answer |= dict.fromkeys((look.alarm for look in group), "share")
        else:
            waiting.setdefault((lines.team(commune), week), []).append(group)
    for groups in waiting.values():
        groups.sort(key=_likeliest)
        for place, group in enumerate(groups):
            budget = lines.at(group[0].commune).budget
            full = budget is not None and place >= budget and not _answered(group)
            answer |= dict.fromkeys((look.alarm for look in group), "budget" if full else "")
    return answer


def _answered(group: Iterable[Look]) -> bool:
    return any(look.answered for look in group)


def _within(group: Iterable[Look], share: float) -> bool:
    """One of the alarms keeps to the share, or nothing is known of one."""
    return any(look.q is None or look.q <= share for look in group)


def _likeliest(group: Sequence[Look]) -> tuple[Any, ...]:
    false = [look.false for look in group if look.false is not None]
    p = [look.p for look in group if look.p is not None]
    return (
        not _answered(group), not false, min(false, default=1.0), min(p, default=1.0),
        group[0].disease, str(group[0].commune),
    )  # fmt: skip
