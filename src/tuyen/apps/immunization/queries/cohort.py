"""The children of a cohort with the days of their doses: what coverage, its maps and its curves are
counted from, in two statements.

Children who live here today and are alive, in the place where they live: births and moves in are in it,
deaths and moves away are not.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.areas import places_of, within
from tuyen.apps.immunization.milestones import group_of
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.spans import CalendarRules, Span, parse_span
from tuyen.rules.immunization import coverage as rule
from tuyen.rules.immunization import programme
from tuyen.rules.immunization.coverage import Counted

READ = "immunization.coverage.read"
FULL = "fully-immunized"
_DAY = len("2026-01-01,")


class Kid(NamedTuple):
    """A child of a cohort: where it lives, and the day on which its basic set was whole."""

    person: UUID
    place: UUID
    born: date
    full: date | None
    unsure: bool


class Cohort(NamedTuple):
    """Children born in a span of days, and for each code of coverage the day of its dose by person.

    ``looked_on`` is the oldest day on which any of them was looked at: how old the table is.
    """

    kids: Sequence[Kid]
    days: Mapping[str, Mapping[UUID, date]]
    looked_on: date | None

    def day(self, code: str, kid: Kid) -> date | None:
        return kid.full if code == FULL else self.days[code].get(kid.person)


class Limits:
    """The first day on which a dose is too late for an indicator, by birth."""

    def __init__(self, on: date) -> None:
        spans = {one.code: one.by for one in rule.counted(on).values()}
        spans[FULL] = programme.fully_immunized(on).by
        self._spans = {code: parse_span(by) or Span() for code, by in spans.items()}
        self.until = lru_cache(maxsize=100_000)(self._until)

    def _until(self, code: str, born: date) -> date:
        return CalendarRules().age(born, self._spans[code])


def known(code: str, on: date) -> str:
    """A code of coverage; what is no code is "fully immunised"."""
    return code if code in rule.counted(on) else FULL


def cohort(
    *, by: Actor, first: date, last: date, on: date, area: UUID | None, codes: Sequence[str]
) -> Cohort:
    """Those born in a span of days whom the reader may count, with the days of some codes: one
    statement, and one more for what is not kept with the child itself."""
    kids, looked_on = _kids(by, first, last, on, area)
    counted = rule.counted(on)
    wanted = [counted[code] for code in codes if code != FULL]
    return Cohort(kids, _dose_days(kids, wanted), looked_on)


@walls.whole("children counted by place, for whoever may read coverage there")
def _kids(
    by: Actor, first: date, last: date, on: date, area: UUID | None
) -> tuple[list[Kid], date | None]:
    map_ = registry.atlas()
    places = None if area is None else places_of(map_, area, on)
    where = within(policies.scope(by, READ), places) & Q(born_on__range=(first, last))
    rows = Child.objects.filter(where, active=True, place_id__isnull=False)
    columns = ("person_id", "place_id", "born_on", "full_on", "unsure", "evaluated_on")
    kids, oldest = [], None
    for *row, looked in fetch(rows.values_list(*columns)):
        kids.append(Kid(*row))
        oldest = looked if oldest is None else min(oldest, looked)
    return kids, oldest


@walls.whole("children counted by place, for whoever may read coverage there")
def _dose_days(kids: Sequence[Kid], counted: Sequence[Counted]) -> dict[str, dict[UUID, date]]:
    """For each indicator, the day of its dose by person."""
    found: dict[str, dict[UUID, date]] = {one.code: {} for one in counted}
    if not kids or not counted:
        return found
    asked: dict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        asked[group_of(one.antigen)].append(one)
    rows = Status.objects.filter(
        person__id__among={kid.person for kid in kids}, active=True, group__in=list(asked),
        valid__gt=0,
    )  # fmt: skip
    known: dict[str, date] = {}
    for person, group, given in fetch(rows.values_list("person_id", "group", "given")):
        for one in asked[group]:
            text = given[_DAY * (one.dose - 1) : _DAY * one.dose - 1]
            if text:
                if text not in known:
                    known[text] = date.fromisoformat(text)
                found[one.code][person] = known[text]
    return found


class Placed(NamedTuple):
    """Counts of areas: of the villages themselves, or led to the communes of a map. ``exact`` is false
    where a commune that was split had to be shared out."""

    units: Sequence[UUID]
    names: Sequence[str]
    counts: NDArray[np.int64]  # (n, k)
    exact: NDArray[np.bool_]  # (n,)


def placed(
    table: Mapping[UUID, NDArray[np.int64]], width: int, on: date, map_on: date, villages: bool
) -> Placed:
    """Counts by the place where children live as counts of areas, by name."""
    map_: Any = registry.atlas()
    places = sorted(table)
    counts = np.vstack([table[place] for place in places]) if places else np.zeros((0, width), int)
    exact = np.ones(counts.shape, bool)
    if places and not villages:
        rebased = map_.rebase(map_on).to_communes(places, counts, [on] * counts.shape[1])
        places, counts, exact = list(rebased.unit_ids), rebased.counts, rebased.exact
    names = [map_.full_name(place, map_on) for place in places]
    order = sorted(range(len(places)), key=lambda n: (names[n], places[n]))
    return Placed(
        [places[n] for n in order], [names[n] for n in order], counts[order].astype(np.int64),
        np.all(exact[order], axis=1, keepdims=False) if places else np.zeros(0, bool),
    )  # fmt: skip
