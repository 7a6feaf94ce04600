"""What can be asked about contraception, and, for care only, about what couples may hand on."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import ContraceptionStep, Couple, CoupleAdvice, ThalassaemiaTest
from tuyen.apps.clinical.queries.growth import FIGURES
from tuyen.apps.clinical.queries.mothers import READ, SENSITIVE, reached, records_of
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical import thalassaemia as engine
from tuyen.engines.clinical.contraception import Step, Use, in_use
from tuyen.rules.clinical import family_planning as rules


class StepRow(NamedTuple):
    """What was told of a person's contraception."""

    id: UUID
    person: UUID
    unit: UUID
    on: date
    what: str
    method: str
    quantity: int | None
    covers: int | None
    side_effects: str
    reason: str
    note: str
    state: str
    void_reason: str


class UserRow(NamedTuple):
    """Somebody who uses a method, and until when the supply lasts."""

    person: UUID
    name: str
    village: str
    use: Use
    late_days: int


class MethodFigures(NamedTuple):
    """Users by method, those of modern ones, and the women of the ages of the rule on record."""

    by_method: dict[str, int]
    modern: int
    modern_women: int
    women: int


class TestRow(NamedTuple):
    """A result for thalassaemia; ``seen`` is the class that it tells."""

    id: UUID
    person: UUID
    unit: UUID
    on: date
    mcv: Decimal | None
    mch: Decimal | None
    hb: Decimal | None
    hba2: Decimal | None
    hbf: Decimal | None
    hbe: Decimal | None
    hbh: Decimal | None
    beta: str
    alpha: str
    seen: str
    laboratory: str


class Partner(NamedTuple):
    """One of a couple; ``test`` is the result that counts, None where there is none."""

    person: UUID
    name: str
    test: TestRow | None


class CoupleRow(NamedTuple):
    """A couple and the chances for each pregnancy; only for who may read both."""

    id: UUID
    unit: UUID
    since: date
    until: date | None
    woman: Partner
    man: Partner
    risk: engine.Risk
    counselled_on: date | None
    advice: tuple[tuple[date, str, str, str, str], ...]  # day, what, result, method, note


_STEP = ("pk", "person_id", "unit_id", *StepRow._fields[3:])
_TEST = ("pk", "person_id", "unit_id", *TestRow._fields[3:])


def contraception(*, by: Actor, person: UUID) -> list[StepRow]:
    """What was told of a person's contraception, the latest first, void steps among them."""
    rows = ContraceptionStep.objects.filter(reached(by, READ), person__id__among=records_of(person))
    return [StepRow(*row) for row in fetch(rows.order_by("-on", "-pk").values_list(*_STEP))]


def users(*, by: Actor, on: date, unit: UUID | None = None) -> list[UserRow]:
    """Who uses a method on a day, those whose supply ended first: a constant number of queries."""
    found = _uses(by, READ, on, unit)
    names = registry.people(by=by, ids=set(found)) if found else {}
    rows = []
    for person, use in found.items():
        row = names.get(person)
        if row is None or row.died_on is not None or use.lapsed(on, rules.grace_days(on)):
            continue
        late = (on - use.until).days if use.until is not None else 0
        rows.append(UserRow(person, row.name, row.village, use, late))
    return sorted(rows, key=lambda one: (one.use.until is None, one.use.until, one.name))


@walls.whole("users of methods, counted")
def method_figures(*, by: Actor, on: date, unit: UUID | None = None) -> MethodFigures:
    """How many use which method, and the women of the ages of the rule, in the communes of the
    reader (or of one unit)."""
    counted: dict[str, int] = {}
    methods, grace = rules.methods(), rules.grace_days(on)
    for use in _uses(by, FIGURES, on, unit).values():
        if not use.lapsed(on, grace):
            counted[use.method] = counted.get(use.method, 0) + 1
    first, last = rules.ages(on)
    people = registry.population(by=by, on=on, ages=(0, first, last + 1))
    map_, scope = registry.atlas(), policies.scope(by, FIGURES)
    reach = map_.reach(unit, "own", on) if unit is not None else None
    inside = [scope.covers(id) and (reach is None or id in reach) for id in people.unit_ids]
    women = int(people.counts[inside, 1, 1].sum()) if any(inside) else 0
    modern = {key: number for key, number in counted.items() if methods[key].modern}
    hers = sum(number for key, number in modern.items() if methods[key].sex != 1)
    return MethodFigures(counted, sum(modern.values()), hers, women)


def _uses(by: Actor, right: str, on: date, unit: UUID | None) -> dict[UUID, Use]:
    rows = ContraceptionStep.objects.filter(reached(by, right), state="live", on__lte=on)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    told = list(fetch(rows.values_list("person_id", "on", "what", "method", "covers")))
    stands = registry.canonical({row[0] for row in told}) if told else {}
    steps: dict[UUID, list[Step]] = {}
    for person, *step in told:
        steps.setdefault(stands[person], []).append(Step(*step))
    found = {person: in_use(mine, on) for person, mine in steps.items()}
    return {person: use for person, use in found.items() if use is not None}


def tests(*, by: Actor, person: UUID) -> list[TestRow]:
    """A person's results, the latest first; for who states care as the purpose."""
    rows = ThalassaemiaTest.objects.filter(reached(by, SENSITIVE)).filter(
        state="live", person__id__among=records_of(person)
    )
    return [TestRow(*row) for row in fetch(rows.order_by("-on", "-pk").values_list(*_TEST))]


def couples(*, by: Actor, person: UUID | None = None) -> list[CoupleRow]:
    """Couples with their risk, the highest first, whose partners the reader may both read."""
    rows = _of_genes(Couple, by)
    if person is None:
        rows = rows.filter(until=None)
    found = _couples(by, rows)
    if person is not None:
        mine = records_of(person)
        found = [one for one in found if {one.woman.person, one.man.person} & mine]
    return sorted(found, key=lambda one: (one.until is not None, -one.risk.most, one.since))


def couple(*, by: Actor, id: UUID) -> CoupleRow | None:
    """One couple; None where there is none whose partners the reader may both read."""
    return next(iter(_couples(by, _of_genes(Couple, by).filter(pk=id))), None)


def _of_genes(model: Any, by: Actor) -> Any:
    return model.objects.filter(policies.scope(by, SENSITIVE).where("unit_id"))


def _couples(by: Actor, rows: Any) -> list[CoupleRow]:
    told = list(fetch(rows.values_list("pk", "unit_id", "since", "until", "woman_id", "man_id")))
    if not told:
        return []
    stands = registry.canonical({id for row in told for id in row[4:]})
    names = registry.people(by=by, ids=set(stands.values()))
    best = _best(by, stands)
    advice: dict[UUID, list[tuple[date, str, str, str, str]]] = {}
    notes = CoupleAdvice.objects.filter(couple_id__among={row[0] for row in told})
    for id, *rest in fetch(notes.order_by("-on", "-pk").values_list(
        "couple_id", "on", "what", "result", "method", "note"
    )):  # fmt: skip
        advice.setdefault(id, []).append(tuple(rest))
    found = []
    for id, unit, since, until, *pair in told:
        both = [stands[one] for one in pair]
        if not all(one in names for one in both):
            continue  # the state of a partner is shown to who may read both
        she, he = (Partner(one, names[one].name, best.get(one)) for one in both)
        mine = tuple(advice.get(id, ()))
        counselled = next((on for on, what, *_ in mine if what == "counselled"), None)
        risk = engine.risk(_genotypes(she.test), _genotypes(he.test))
        found.append(CoupleRow(id, unit, since, until, she, he, risk, counselled, mine))
    return found


def _best(by: Actor, stands: dict[UUID, UUID]) -> dict[UUID, TestRow]:
    """Of each person the result that counts: the latest genotype, else the latest that says anything,
    among those that the reader may read."""
    records = registry.born_as(set(stands.values()))
    root_of = {record: root for root, every in records.items() for record in every}
    rows = ThalassaemiaTest.objects.filter(reached(by, SENSITIVE)).filter(
        state="live", person__id__among=set(root_of)
    )
    best: dict[UUID, TestRow] = {}
    for row in fetch(rows.order_by("on", "pk").values_list(*_TEST)):
        test = TestRow(*row)
        root = root_of[test.person]
        held = best.get(root)
        if held is None or _weight(test) >= _weight(held):
            best[root] = test
    return best


def _weight(test: TestRow) -> int:
    if test.beta or test.alpha:
        return 3
    return {"unknown": 0, "small-cells": 1}.get(test.seen, 2)


def _genotypes(test: TestRow | None) -> Collection[engine.Genotype]:
    """What a person may be, by the result that counts."""
    if test is None:
        return ()
    if test.beta or test.alpha:
        return (
            engine.genotype(*(one.split("/") if one else [] for one in (test.beta, test.alpha))),
        )
    return engine.may_be(test.seen)  # type: ignore[arg-type]
