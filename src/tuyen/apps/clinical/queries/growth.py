"""What can be asked about growth: a child's curve, who is malnourished and due, and the figures."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import GrowthPoint, NutritionCare, Supplement
from tuyen.apps.clinical.queries.mothers import READ, reached, records_of
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical import feeding
from tuyen.rules.clinical import nutrition

FIGURES = "clinical.figure.read"


class Point(NamedTuple):
    """What was measured of a child on a day. ``doubtful`` are the scores that cannot be true."""

    visit: UUID
    person: UUID
    unit: UUID
    on: date
    age_days: int
    weight: Decimal | None
    stature: Decimal | None
    position: str
    muac: Decimal | None
    oedema: int | None
    complications: bool
    hfa: Decimal | None
    wfa: Decimal | None
    wfh: Decimal | None
    bfa: Decimal | None
    mfa: Decimal | None
    doubtful: str
    stunting: str
    underweight: str
    wasting: str
    over: str
    acute: str
    vitamin_a: int | None

    def score(self, index: str) -> Decimal | None:
        """A score that can be true."""
        found: Decimal | None = getattr(self, index)
        return None if index in self.doubtful.split(",") else found


class CareRow(NamedTuple):
    """A child under treatment, or one that was."""

    id: UUID
    person: UUID
    name: str
    village: str
    unit: UUID
    since: date
    how: str
    acute: str
    until: date | None
    outcome: str
    last: Point | None
    next_on: date
    may_leave: bool

    def late_days(self, on: date) -> int:
        """How long the child has been waited for."""
        return max(0, (on - self.next_on).days) if self.until is None else 0

    def defaulted(self, on: date) -> bool:
        """Away for so long that it counts as defaulted."""
        last = self.last.on if self.last else self.since
        return self.until is None and (on - last).days >= nutrition.default_days(on)


class FoundRow(NamedTuple):
    """A child whose last measures are of acute malnutrition, and that is under no treatment."""

    person: UUID
    name: str
    village: str
    point: Point


class CommuneGrowth(NamedTuple):
    """Children under five of a commune: those measured in a period, by their last measures in it.
    Of each class, ``*_of`` is the number whose score was taken and can be true."""

    commune: UUID
    children: int  # on record
    measured: int
    stunted: int
    stunted_of: int
    underweight: int
    underweight_of: int
    wasted: int
    wasted_of: int
    overweight: int
    overweight_of: int
    moderate: int
    severe: int
    acute_of: int
    vitamin_a: int


_POINT = ("pk", *(name for name in Point._fields[1:]))
_NAMES = {"person": "person_id", "unit": "unit_id"}
_COLUMNS = tuple(_NAMES.get(name, name) for name in _POINT)


def growth(*, by: Actor, person: UUID) -> list[Point]:
    """What was measured of a person, in order, by units whose records the reader may read."""
    rows = _readable(GrowthPoint, by).filter(person__id__among=records_of(person))
    return _points(rows)


def under_treatment(*, by: Actor, on: date, unit: UUID | None = None) -> list[CareRow]:
    """Children under treatment, those who are late first: a constant number of queries."""
    rows = _readable(NutritionCare, by).filter(until=None)
    found = _care(by, rows if unit is None else rows.filter(unit_id=unit), on)
    return sorted(found, key=lambda one: (-one.late_days(on), one.next_on))


def treatments(*, by: Actor, person: UUID, on: date) -> list[CareRow]:
    """A child's treatments, the latest first."""
    rows = _readable(NutritionCare, by).filter(person__id__among=records_of(person))
    return sorted(_care(by, rows, on), key=lambda one: one.since, reverse=True)


def found_malnourished(
    *, by: Actor, on: date, unit: UUID | None = None, days: int = 120
) -> list[FoundRow]:
    """Children whose last measures of so many days are of acute malnutrition, under no treatment:
    the worst first."""
    rows = _readable(GrowthPoint, by).filter(on__gt=on - timedelta(days=days), on__lte=on)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    points = _points(rows.exclude(acute="unknown"))
    stands = registry.canonical({one.person for one in points}) if points else {}
    last = {stands[one.person]: one for one in points}
    worst = {"complicated": 0, "severe": 1, "moderate": 2}
    last = {person: one for person, one in last.items() if one.acute in worst}
    treated = _treated(last, stands)
    last = {person: one for person, one in last.items() if person not in treated}
    names = registry.people(by=by, ids=set(last)) if last else {}
    found = [
        FoundRow(person, names[person].name, names[person].village, one)
        for person, one in last.items() if person in names and names[person].died_on is None
    ]  # fmt: skip
    return sorted(found, key=lambda row: (worst[row.point.acute], row.point.on, row.name))


def _treated(people: Iterable[UUID], stands: dict[UUID, UUID]) -> set[UUID]:
    """Those under treatment now, or discharged after these measures."""
    ids = {id for id, root in stands.items() if root in set(people)}
    if not ids:
        return set()
    rows = NutritionCare.objects.filter(person__id__among=ids, until=None)
    return {stands[person] for (person,) in fetch(rows.values_list("person_id"))}


@walls.whole("how children left treatment, counted")
def treatment_quality(
    *, by: Actor, first: date, last: date, unit: UUID | None = None
) -> feeding.Quality:
    """How children left treatment between two days, held against Sphere; mistakes are left out."""
    where = policies.scope(by, FIGURES).where("unit_id")
    rows = NutritionCare.objects.filter(where, until__gte=first, until__lte=last)
    rows = rows.exclude(outcome="error").exclude(how="supplementary")
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    exits = [outcome for (outcome,) in fetch(rows.values_list("outcome"))]
    return feeding.quality(exits, feeding.Standard(*nutrition.sphere(last)))


@walls.whole("children by class of growth, counted")
def growth_figures(*, by: Actor, first: date, last: date) -> list[CommuneGrowth]:
    """Children under five by the commune of the station that measured them, each by the last measures
    of the period; beside them all who are on record there on its last day."""
    map_ = registry.atlas()
    where = policies.scope(by, FIGURES).where("unit_id")
    rows = GrowthPoint.objects.filter(where, on__gte=first, on__lte=last, age_days__lt=1827)
    points = _points(rows)
    stands = registry.canonical({one.person for one in points}) if points else {}
    latest: dict[UUID, Point] = {stands[one.person]: one for one in points}
    dosed = _dosed(where, first, last)
    communes: dict[UUID, list[tuple[UUID, Point]]] = {}
    for person, one in latest.items():
        commune = map_.commune_of(one.unit, last)
        if commune is not None:
            communes.setdefault(commune, []).append((person, one))
    people = registry.population(by=by, on=last, ages=(0, 5))
    under = dict(zip(people.unit_ids, people.counts[:, :, 0].sum(axis=1).tolist(), strict=True))
    seen = policies.scope(by, FIGURES)
    for commune, number in under.items():
        if number and seen.covers(commune):
            communes.setdefault(commune, [])
    for commune in dosed:
        communes.setdefault(commune, [])
    return [
        _commune(commune, under.get(commune, 0), told, len(dosed.get(commune, ())))
        for commune, told in sorted(
            communes.items(), key=lambda pair: map_.name(pair[0], last) or ""
        )
    ]


def _dosed(where: Any, first: date, last: date) -> dict[UUID, set[UUID]]:
    """Who was given vitamin A in a period, by the commune of the unit that gave it."""
    map_, found = registry.atlas(), dict[UUID, set[UUID]]()
    rows = Supplement.objects.filter(where, what="vitamin_a", on__gte=first, on__lte=last)
    for person, unit in fetch(rows.values_list("person_id", "unit_id")):
        commune = map_.commune_of(unit, last)
        if commune is not None:
            found.setdefault(commune, set()).add(person)
    return found


def _commune(
    commune: UUID, children: int, told: list[tuple[UUID, Point]], dosed: int
) -> CommuneGrowth:
    def count(name: str, *classes: str) -> int:
        return sum(getattr(one, name) in classes for _, one in told)

    def known(name: str) -> int:
        return sum(getattr(one, name) != "unknown" for _, one in told)

    low = ("moderate", "severe")
    return CommuneGrowth(
        commune, children, len(told),
        count("stunting", *low), known("stunting"),
        count("underweight", *low), known("underweight"),
        count("wasting", *low), known("wasting"),
        count("over", "overweight", "obese"), known("over"),
        count("acute", "moderate"), count("acute", "severe", "complicated"), known("acute"),
        dosed,
    )  # fmt: skip


def _readable(model: Any, by: Actor) -> Any:
    return model.objects.filter(reached(by, READ))


def _points(rows: Any) -> list[Point]:
    return [Point(*row) for row in fetch(rows.order_by("on", "pk").values_list(*_COLUMNS))]


def _care(by: Actor, rows: Any, on: date) -> list[CareRow]:
    told = list(fetch(rows.order_by("since", "pk").values_list(
        "pk", "person_id", "unit_id", "since", "how", "acute", "until", "outcome")))  # fmt: skip
    if not told:
        return []
    stands = registry.canonical({row[1] for row in told})
    records = registry.born_as(set(stands.values()))
    root_of = {record: root for root, every in records.items() for record in every}
    points: dict[UUID, list[Point]] = {}
    for one in _points(GrowthPoint.objects.filter(person__id__among=set(root_of))):
        points.setdefault(root_of[one.person], []).append(one)
    names = registry.people(by=by, ids=set(stands.values()))
    rule, every_days = feeding.Leaving(*nutrition.leaving(on)), nutrition.every_days(on)
    found = []
    for id, person, unit, since, how, acute, until, outcome in told:
        root = stands[person]
        mine = [one for one in points.get(root, ()) if since <= one.on <= (until or on)]
        seen = [feeding.Seen(one.on, one.score("wfh"), one.muac, one.oedema or 0) for one in mine]
        row = names.get(root)
        found.append(CareRow(
            id, root, row.name if row else "", row.village if row else "", unit, since, how, acute,
            until, outcome, mine[-1] if mine else None,
            feeding.next_visit(since, seen, every_days),
            until is None and feeding.recovered(seen, rule, on),
        ))  # fmt: skip
    return found
