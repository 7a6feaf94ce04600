"""The monthly report of non-communicable diseases: by residence, everybody once, the last visit wins.

Circular 15/2026, articles 32 and 33. Residence is where the person lived on the last day of the month
(of the running month, today), on the map of that day; who lived nowhere on this node is counted under
no commune, and said so.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.declared import tables
from tuyen.apps.clinical.models import Diagnosis, SensitiveDiagnosis
from tuyen.apps.clinical.queries.programme_figures import FIGURE
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE, VisitRow, visits
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical.ncd_classes import class_of, classes
from tuyen.rules.clinical.programme import programmes

SEEN = ("people", "new", "on_target", "not_on_target", "not_assessed", "women")
_READING = ("not_on_target", "on_target", "not_assessed")


class NcdCell(NamedTuple):
    """People of one commune and one class. ``people`` are those seen in the month; ``new`` those of
    them whom nobody had diagnosed so before; the three of the target add up to ``people``."""

    people: int = 0
    new: int = 0
    on_target: int = 0
    not_on_target: int = 0
    not_assessed: int = 0
    women: int = 0


class NcdReport(NamedTuple):
    """``cells`` by commune (None: lives nowhere on this node) and class; ``total`` by class."""

    month: date
    communes: list[tuple[UUID | None, str]]
    cells: Mapping[tuple[UUID | None, str], NcdCell]
    total: Mapping[str, NcdCell]


class _Last(NamedTuple):
    """The last visit of a month for a class."""

    visit: UUID
    person: UUID
    day: date
    sex: int
    commune: UUID | None
    new: bool


def ncd_report(*, by: Actor, month: date, area: UUID | None = None) -> NcdReport:
    """The figures of the month of a day. ``area``: an area, or a station with what it serves; None:
    all that the reader's right on figures reaches. A constant number of statements."""
    with walls.whole("the report counts everybody who lives there, whoever saw them"):
        last = _last_visits(by, month, area)
        said = _readings(last)
    found: dict[tuple[UUID | None, str], list[int]] = {}
    for (key, _), one in last.items():
        cell = found.setdefault((one.commune, key), [0] * len(SEEN))
        reading = said.get((one.visit, classes()[key].book), 2)
        for name in ("people", _READING[reading], *(["new"] if one.new else []),
                     *(["women"] if one.sex == 2 else [])):  # fmt: skip
            cell[SEEN.index(name)] += 1
    cells = {place: NcdCell(*counts) for place, counts in found.items()}
    map_ = registry.atlas()
    communes = sorted({commune for commune, _ in cells}, key=lambda c: (c is None, map_.name(c)))
    total = {
        key: NcdCell(*map(sum, zip(*(c for (_, k), c in cells.items() if k == key), strict=True)))
        if any(k == key for _, k in cells) else NcdCell()
        for key in classes()
    }  # fmt: skip
    named = [(c, map_.full_name(c, month) if c else "") for c in communes]
    return NcdReport(month.replace(day=1), named, cells, total)


def ncd_visits(
    *, by: Actor, month: date, key: str, commune: UUID | None = None, part: str = "people",
    area: UUID | None = None,
) -> list[VisitRow]:  # fmt: skip
    """The visits behind a figure of the report, those that the reader may see: the last of each
    person. Of a class that stands apart only for who may read that."""
    one = classes().get(key)
    if one is None or not policies.may(by, SENSITIVE if one.apart else READ):
        return []
    with walls.whole("the report counts everybody who lives there, whoever saw them"):
        last = _last_visits(by, month, area)
        said = _readings(last)
    ids = [
        row.visit
        for (of, _), row in last.items()
        if of == key
        and commune in (None, row.commune)
        and _is_part(part, row, said.get((row.visit, one.book), 2))
    ]
    return sorted(visits(by=by, ids=ids).values(), key=lambda row: (row.day, row.began_at, row.id))


def _is_part(part: str, row: _Last, reading: int) -> bool:
    told = {"people": True, "new": row.new, "women": row.sex == 2}
    return told.get(part, part == _READING[reading])


def _last_visits(by: Actor, month: date, area: UUID | None) -> dict[tuple[str, UUID], _Last]:
    """By class and person (the record that stands for them) the last visit of the month."""
    policies.check(by, FIGURE)
    first, map_ = month.replace(day=1), registry.atlas()
    until = (first + timedelta(days=32)).replace(day=1)
    lines: list[Any] = []
    for model in (Diagnosis, SensitiveDiagnosis):
        rows = model.objects.filter(day__gte=first, day__lt=until, certainty="confirmed")
        told = rows.order_by("day", "visit_id").values_list("visit_id", "person_id", "day", "code")
        lines += [line for line in fetch(told) if class_of(line[3])]
    people = {line[1] for line in lines}
    stands = registry.canonical(people) if people else {}
    vitals = registry.vitals(by=Actor.program(by.on), ids=set(stands.values())) if people else {}
    earlier = _earlier(people, first, stands)
    last = max(first, min(until - timedelta(days=1), by.on))
    within = _within(by, area, last)
    lived = registry.placed(by=Actor.program(by.on), ids=set(stands.values()), on=last)
    found: dict[tuple[str, UUID], _Last] = {}
    for visit, person, day, code in sorted(lines, key=lambda line: (line[2], str(line[0]))):
        root, key = stands[person], class_of(code)
        vital = vitals.get(root)
        place = lived.get(root)
        if vital is None or vital.voided or (within is not None and place not in within):
            continue
        commune = map_.commune_of(place, last) if place else None
        new = (key, root) not in earlier
        found[key, root] = _Last(visit, root, day, vital.sex, commune, new)
    return found


def _earlier(people: set[UUID], first: date, stands: Mapping[UUID, UUID]) -> set[tuple[str, UUID]]:
    found = set()
    for model in (Diagnosis, SensitiveDiagnosis) if people else ():
        rows = model.objects.filter(person__id__among=people, day__lt=first, certainty="confirmed")
        for person, code in fetch(rows.order_by().values_list("person_id", "code").distinct()):
            found.add((class_of(code), stands[person]))
    return found


def _within(by: Actor, area: UUID | None, on: date) -> frozenset[UUID] | None:
    """The places that are counted; None: all of them."""
    scope, map_ = policies.scope(by, FIGURE), registry.atlas()
    if area is None:
        return None if scope.everything else scope.units
    places = (map_.reach(area, "own", on) | {area}) if map_.unit(area) else frozenset()
    return places if scope.everything else places & scope.units


def _readings(last: Mapping[tuple[str, UUID], _Last]) -> dict[tuple[UUID, str], int]:
    """What the visits said of the target, by visit and programme: one statement for each table."""
    found = {}
    models: Iterable[Any] = dict.fromkeys(tables(one).contacts for one in programmes().values())
    visits_ = {one.visit for one in last.values()}
    for model in models if visits_ else ():
        rows = model.objects.filter(visit_id__among=visits_)
        for visit, programme, reading in fetch(
            rows.values_list("visit_id", "programme", "reading")
        ):
            found[visit, programme] = reading
    return found
