"""How well a programme does, by station or village, with the denominators of WHO HEARTS; and who is
behind each figure.

Figures are counted of everybody whom the reader's right on figures reaches; the rows behind them are
for who may read visits, and of programmes that stand apart for who may read those.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.declared import Tables, compiled, tables
from tuyen.apps.clinical.queries.programme_lists import (
    PAGE,
    PanelFilters,
    PatientPage,
    panel,
)
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical import figures
from tuyen.engines.clinical.figures import OUTCOMES, PARTS
from tuyen.engines.clinical.programme import Bound, Contacts, Definition, People, States, states
from tuyen.kernel.period import Period
from tuyen.rules.clinical.programme import Programme, programmes

FIGURE = "clinical.figure.read"
_WHY = {"": 0, "died": 1, "moved": 2}
_READING = np.array([0.0, 1.0, np.nan])  # of a stored reading, in the one column of the engine
_COLUMNS = (
    "id", "unit_id", "place_id", "since", "until", "why", "last_on", "due_on", "reading_on",
    "reading",
)  # fmt: skip


class ControlRow(NamedTuple):
    """A station or a village: people by the names of ``PARTS``."""

    unit: UUID | None
    name: str
    counts: Mapping[str, int]

    def percent(self, part: str, of: str) -> float | None:
        return 100 * self.counts[part] / self.counts[of] if self.counts[of] else None


class Control(NamedTuple):
    """``total`` is the sum of ``rows``; ``newest`` the last contact that was counted."""

    programme: str
    on: date
    rows: list[ControlRow]
    total: ControlRow
    newest: date | None


class CohortRow(NamedTuple):
    """Who joined in a quarter and what became of them, by the names of ``OUTCOMES``."""

    quarter: str
    months: int
    joined: int
    counts: Mapping[str, int]
    complete: bool  # everybody's time has come


class _Held(NamedTuple):
    ids: list[UUID]
    units: list[UUID]
    places: list[UUID | None]
    people: People
    contacts: Contacts
    why: Any
    newest: date | None


def control(
    *, by: Actor, programme: str, on: date, units: Collection[UUID] | None = None,
    villages: bool = False,
) -> Control:  # fmt: skip
    """The figures of a programme on a day, by the station that follows or by the village of
    residence. One statement, and one more for a day in the past."""
    held, said = _standing(by, programme, on, units)
    keys: list[UUID | None] = [*held.places] if villages else [*held.units]
    order = sorted(set(keys), key=str)
    at = {key: n for n, key in enumerate(order)}
    group = np.array([at[key] for key in keys], np.int64)
    day = np.datetime64(on)
    found = figures.tally(said, held.people, day, group, len(order))
    map_ = registry.atlas()
    rows = [
        ControlRow(
            key, map_.full_name(key, on) if key else "",
            {part: int(column[n]) for part, column in zip(PARTS, found, strict=True)},
        )
        for n, key in enumerate(order)
    ]  # fmt: skip
    rows = [row for row in rows if any(row.counts.values())]
    total = ControlRow(None, "", {part: sum(row.counts[part] for row in rows) for part in PARTS})
    return Control(programme, on, sorted(rows, key=lambda row: row.name), total, held.newest)


def behind(
    *, by: Actor, programme: str, on: date, part: str, units: Collection[UUID] | None = None,
    unit: UUID | None = None, page: int = 1,
) -> PatientPage:  # fmt: skip
    """The people behind a figure: ``part`` is one of ``PARTS``, ``unit`` the station of its row."""
    held, said = _standing(by, programme, on, units)
    which = figures.parts(said, held.people, np.datetime64(on)).get(part)
    if which is None:
        return PatientPage([], 0, 1, PAGE)
    ids = {
        held.ids[n]
        for n in np.flatnonzero(which).tolist()
        if unit in (None, held.units[n], held.places[n])
    }
    return panel(by=by, filters=PanelFilters(programme=programme, ids=ids), on=on, page=page)


def cohorts(
    *, by: Actor, programme: str, on: date, units: Collection[UUID] | None = None,
    quarters: int = 6, months: int = 6,
) -> list[CohortRow]:  # fmt: skip
    """What became, so many months after joining, of those who joined in each of the last quarters
    whose time has come. Two statements."""
    spans = _quarters(on, quarters, months)
    held, outcome = _joined(by, programme, on, units, spans[0].start, spans[-1].end, months)
    begins = np.array([span.start for span in spans], "M8[D]")
    group = np.searchsorted(begins, held.people.since, side="right") - 1
    table = figures.cohort(outcome, group, len(spans))
    joined = np.bincount(group, minlength=len(spans))
    return [
        CohortRow(
            span.label, months, int(joined[n]),
            dict(zip(OUTCOMES, table[n].tolist(), strict=True)),
            int(table[n].sum()) == int(joined[n]),
        )
        for n, span in enumerate(spans)
    ][::-1]  # fmt: skip


def cohort_people(
    *, by: Actor, programme: str, on: date, quarter: Period, months: int, outcome: str = "",
    units: Collection[UUID] | None = None, page: int = 1,
) -> PatientPage:  # fmt: skip
    """The people behind a figure of a cohort: who joined in the quarter, with ``outcome`` (one of
    ``OUTCOMES``) those of whom it became so many months after."""
    held, became = _joined(by, programme, on, units, quarter.start, quarter.end, months)
    if outcome and outcome not in OUTCOMES:
        return PatientPage([], 0, 1, PAGE)
    chosen = np.flatnonzero(became == OUTCOMES.index(outcome)) if outcome else range(len(held.ids))
    ids = {held.ids[n] for n in chosen}
    return panel(by=by, filters=PanelFilters(programme=programme, ids=ids), on=on, page=page)


def _joined(
    by: Actor, programme: str, on: date, units: Collection[UUID] | None, first: date, last: date,
    months: int,
) -> tuple[_Held, Any]:  # fmt: skip
    """Who joined in a span of days, and what became of each so many months after."""
    one = programmes()[programme]
    with walls.whole("figures of a programme are counted of everybody in it"):
        where = Q(since__gte=first, since__lte=last)
        held = _read(by, one, on, units, where, history=True)
    return held, figures.outcomes(
        _definition(one, on), held.people, held.contacts, held.why, months, np.datetime64(on)
    )


def _quarters(on: date, quarters: int, months: int) -> list[Period]:
    """The last quarters of which everybody has been in for so many months, or nearly; oldest first."""
    begin = np.datetime64(on, "M") - np.timedelta64(months, "M")
    span = Period.of("quarter", begin.astype("M8[D]").astype(object))
    found = [span]
    while len(found) < quarters:
        found.append(found[-1].previous())
    return found[::-1]


def _standing(
    by: Actor, programme: str, on: date, units: Collection[UUID] | None
) -> tuple[_Held, States]:
    one = programmes()[programme]
    with walls.whole("figures of a programme are counted of everybody in it"):
        held = _read(by, one, on, units, Q(since__lte=on) & (Q(until=None) | Q(until__gt=on)))
    return held, states(_definition(one, on), held.people, held.contacts, np.datetime64(on))


def _definition(one: Programme, on: date) -> Definition:
    """The programme over one column: what each visit said of the target on its own day."""
    what = compiled(one.key, on).definition
    return Definition(every=what.every, grace=what.grace, control=((Bound(0, low=1.0),),))


def _read(
    by: Actor, one: Programme, on: date, units: Collection[UUID] | None, where: Q,
    history: bool = False,
) -> _Held:  # fmt: skip
    """Enrolments and what is needed of their contacts: that which is kept of the last contact and
    the last reading, and the contacts themselves only where somebody was seen after the day."""
    policies.check(by, FIGURE)
    scope = policies.scope(by, FIGURE)
    if not scope.everything:
        where &= Q(unit_id__among=scope.units) | Q(place_id__among=scope.units)
    if units is not None:
        where &= Q(unit_id__among=set(units)) | Q(place_id__among=set(units))
    held = tables(one)
    rows = held.enrolments.objects.filter(where, programme=one.key).exclude(why="error")
    lines = fetch(rows.order_by("id").values_list(*_COLUMNS))
    columns = list(zip(*lines, strict=True)) if lines else [()] * len(_COLUMNS)
    id, unit, place, since, until, why, last, due, reading_on, reading = columns
    later = {n for n, day in enumerate(last) if history or (day is not None and day > on)}
    people = People(
        np.full(len(lines), np.datetime64("1970-01-01")), np.array(since, "M8[D]"),
        np.array(until, "M8[D]"), np.zeros(len(lines), np.int64),
    )  # fmt: skip
    kept = [
        (n, day, told, reading[n] if day == reading_on[n] else 2)
        for n in range(len(lines)) if n not in later
        for day, told in ((reading_on[n], None), (last[n], due[n]))
        if day is not None
    ]  # fmt: skip
    kept += _history(held, [id[n] for n in later], sorted(later), id, on)
    kept.sort(key=lambda row: (row[0], row[1]))
    newest = max((day for _, day, _, _ in kept), default=None)
    return _Held([*id], [*unit], [*place], people, _columns(kept),
                 np.array([_WHY.get(w, 3) for w in why], np.int8), newest)  # fmt: skip


def _history(
    held: Tables, ids: list[UUID], at: list[int], every: Any, on: date
) -> list[tuple[int, date, date | None, int]]:
    if not ids:
        return []
    row = {every[n]: n for n in at}
    rows = held.contacts.objects.filter(enrolment_id__among=set(ids), day__lte=on)
    lines = fetch(
        rows.order_by("at", "id").values_list("enrolment_id", "day", "appointment", "reading")
    )
    return [(row[id], day, told, said) for id, day, told, said in lines]


def _columns(kept: list[tuple[int, date, date | None, int]]) -> Contacts:
    person, day, told, reading = zip(*kept, strict=True) if kept else ((), (), (), ())
    return Contacts(
        np.array(person, np.int64), np.array(day, "M8[D]"), np.array(told, "M8[D]"),
        np.zeros(len(kept), np.int8), _READING[np.array(reading, np.int64)].reshape(-1, 1),
    )  # fmt: skip
