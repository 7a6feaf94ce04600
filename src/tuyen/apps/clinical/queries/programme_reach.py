"""How many of those who must be expected to have a disease are known: *detection* of WHO HEARTS.

The expected are the residents of the ages of the survey times its share (``prevalence`` of the
programme). The known are those of these ages who are in the programme and live in the commune.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.declared import tables
from tuyen.apps.clinical.queries.programme_figures import FIGURE
from tuyen.apps.clinical.queries.programme_lists import PAGE, PanelFilters, PatientPage, panel
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical.programme import programmes
from tuyen.rules.clinical.programme_parts import Ages


class DetectionRow(NamedTuple):
    """A commune of residence; the total has no ``unit``. ``expected`` is a share of ``adults``."""

    unit: UUID | None
    name: str
    adults: int
    expected: float
    known: int

    @property
    def percent(self) -> float | None:
        return 100 * self.known / self.expected if self.expected else None


def detection(*, by: Actor, programme: str, on: date) -> list[DetectionRow]:
    """Communes within the reader's reach by name, the total last; empty where the programme declares
    no prevalence. Two statements."""
    said = programmes()[programme].prevalence(on)
    if said is None:
        return []
    scope, map_ = policies.scope(by, FIGURE), registry.atlas()
    ages = said.ages
    people = registry.population(by=Actor.program(by.on), on=on, ages=(0, ages.since, ages.to + 1))
    adults = people.counts[:, :, -2].sum(axis=1).tolist()
    known: dict[UUID | None, int] = {}
    for _id, place, _born in _held(by, programme, on, ages):
        commune = map_.commune_of(place, on) if place else None
        known[commune] = known.get(commune, 0) + 1
    rows = [
        DetectionRow(unit, map_.full_name(unit, on), count, count * said.share / 100,
                     known.get(unit, 0))
        for unit, count in zip(people.unit_ids, adults, strict=True)
        if scope.covers(unit) and (count or known.get(unit))
    ]  # fmt: skip
    rows.sort(key=lambda row: row.name)
    total = DetectionRow(
        None, "", sum(row.adults for row in rows), sum(row.expected for row in rows),
        sum(row.known for row in rows),
    )  # fmt: skip
    return [*rows, total] if rows else []


def detected(
    *, by: Actor, programme: str, on: date, unit: UUID | None = None, page: int = 1
) -> PatientPage:
    """The people behind the known of a commune; None: of all communes within reach."""
    said = programmes()[programme].prevalence(on)
    if said is None:
        return PatientPage([], 0, 1, PAGE)
    scope, map_ = policies.scope(by, FIGURE), registry.atlas()
    ids = set()
    for id, place, _born in _held(by, programme, on, said.ages):
        commune = map_.commune_of(place, on) if place else None
        if commune is not None and scope.covers(commune) and unit in (None, commune):
            ids.add(id)
    return panel(by=by, filters=PanelFilters(programme=programme, ids=ids), on=on, page=page)


def _held(
    by: Actor, programme: str, on: date, ages: Ages
) -> Iterable[tuple[UUID, UUID | None, date]]:
    """(enrolment, place, birth) of those of these ages who are in the programme on a day."""
    policies.check(by, FIGURE)
    one = programmes()[programme]
    inside = Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))
    youngest, oldest = _years_before(on, ages.since), _years_before(on, ages.to + 1)
    rows = tables(one).enrolments.objects.filter(
        inside, programme=programme, born_on__lte=youngest, born_on__gt=oldest
    ).exclude(why="error")  # fmt: skip
    with walls.whole("figures of a programme are counted of everybody in it"):
        return list(fetch(rows.values_list("id", "place_id", "born_on")))


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return date(on.year - years, 2, 28)
