"""What stands in the books of a station besides visits, and births and steps of contraception of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import (
    Birth,
    ContraceptionStep,
    Delivery,
    MotherContact,
    Pregnancy,
)
from tuyen.apps.clinical.queries.visits import READ
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical.books import Facts
from tuyen.kernel.period import Period
from tuyen.kernel.station_books import LINES, Line, lines_of
from tuyen.rules.clinical import pregnancy as rules


class Entered(NamedTuple):
    """A line that is no visit: ``person`` is the mother or the user (None: it names nobody), ``told`` what
    it says."""

    source: str
    id: UUID
    day: date
    person: UUID | None
    told: Mapping[str, Any]
    facts: Facts


class Gestation(NamedTuple):
    """How far a pregnancy was at a contact, which contact of it that was, and what was dangerous."""

    weeks: int | None
    gravida: int | None
    para: int | None
    number: int
    signs: tuple[str, ...]


def entered(*, by: Actor, unit: UUID, source: str, month: Period) -> list[Entered]:
    """The live lines of a unit's month from one source, in their order, of units whose records the
    reader may read. Four queries at most."""
    if not policies.scope(by, READ).covers(unit):
        return []
    lines = list(LINES[source](by, unit, month))
    people = {one.person for one in lines if one.person}
    vitals = registry.vitals(by=by, ids=people) if people else {}
    roots = registry.canonical(people) if people else {}
    found = []
    for one in lines:
        root = roots.get(one.person, one.person) if one.person else None
        vital = (vitals.get(root) or vitals.get(one.person)) if root and one.person else None
        born = vital.born_on if vital else one.day
        years = one.day.year - born.year - ((one.day.month, one.day.day) < (born.month, born.day))
        facts = Facts(
            person=root, sex=vital.sex if vital else 3, years=max(0, years), codes=one.codes,
            tags=one.tags, reached=one.reached,
        )  # fmt: skip
        found.append(Entered(source, one.id, one.day, one.person, one.told, facts))
    return found


@lines_of("births")
def _births(by: Actor, unit: UUID, month: Period) -> list[Line]:
    """A line for each child."""
    rows = Delivery.objects.filter(
        unit_id=unit, on__gte=month.start, on__lte=month.end, state="live"
    ).order_by("on", "received_at", "pk")  # fmt: skip
    names = ("on", "mother_id", "pregnancy_id", "place", "attendant", "mode", "weeks", "note")
    deliveries = {row[0]: dict(zip(names, row[1:], strict=True)) for row in
                  fetch(rows.values_list("id", *names))}  # fmt: skip
    if not deliveries:
        return []
    pregnancies = {one["pregnancy_id"] for one in deliveries.values()} - {None}
    order = {
        id: {"gravida": gravida, "para": para}
        for id, gravida, para in fetch(
            Pregnancy.objects.filter(pk__among=pregnancies).values_list("id", "gravida", "para")
        )
    } if pregnancies else {}  # fmt: skip
    children = ("sex", "alive", "weight", "length", "apgar1", "apgar5", "vitamin_k", "breastfed",
                "malformation", "number")  # fmt: skip
    born: dict[UUID, list[dict[str, Any]]] = {}
    lines = Birth.objects.filter(delivery_id__among=set(deliveries), live=True).order_by("number")
    for delivery, *values in fetch(lines.values_list("delivery_id", *children)):
        born.setdefault(delivery, []).append(dict(zip(children, values, strict=True)))
    return [
        Line(id, one["on"], one["mother_id"], told, _tags(told))
        for id, one in deliveries.items()
        for child in born.get(id, ())
        for told in [one | child | order.get(one["pregnancy_id"], {})]
    ]


def _tags(told: Mapping[str, Any]) -> frozenset[str]:
    limits = rules.newborn(told["on"])
    low, term = limits["low_weight"], limits["preterm_weeks"]
    weight = told["weight"]
    said = {
        "live": told["alive"], "stillborn": not told["alive"], "boy": told["sex"] == 1,
        "girl": told["sex"] == 2, "low-weight": weight is not None and weight < low,
        "weighed": weight is not None, "vitamin-k": bool(told["vitamin_k"]),
        "breastfed": bool(told["breastfed"]), "early": bool(told["weeks"] and told["weeks"] < term),
        f"place-{told['place']}": True, f"by-{told['attendant']}": True, told["mode"]: True,
        "skilled": told["attendant"] != "unskilled", "first-child": told["number"] == 1,
    }  # fmt: skip
    return frozenset(tag for tag, holds in said.items() if holds)


@lines_of("contraception")
def _contraception(by: Actor, unit: UUID, month: Period) -> list[Line]:
    rows = ContraceptionStep.objects.filter(
        unit_id=unit, on__gte=month.start, on__lte=month.end, state="live"
    ).order_by("on", "received_at", "pk")
    names = ("what", "method", "quantity", "side_effects", "reason", "note")
    found = []
    for id, day, person, *values in fetch(rows.values_list("id", "on", "person_id", *names)):
        told = dict(zip(names, values, strict=True))
        tags = {told["what"], told["method"]} | (
            {"side-effects"} if told["side_effects"] else set()
        )
        found.append(Line(id, day, person, told, frozenset(tags)))
    return found


def signs_of(visits: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The danger signs of contacts of mothers, by visit: one query; none for none."""
    if not visits:
        return {}
    rows = MotherContact.objects.filter(pk__among=set(visits)).values_list("id", "signs")
    return {id: tuple(filter(None, signs.split(","))) for id, signs in fetch(rows)}


def gestations(visits: Sequence[tuple[UUID, UUID, date]]) -> dict[UUID, Gestation]:
    """Of contacts of antenatal care (visit, person, day): the pregnancy as it was then. Two queries,
    and those by which the records of a person are found."""
    if not visits:
        return {}
    roots = registry.canonical({person for _, person, _ in visits})
    records = registry.born_as(set(roots.values()))
    root_of = {record: root for root, every in records.items() for record in every} | roots
    every = set(root_of)
    pregnancies: dict[UUID, list[tuple[date, date | None, int | None, int | None]]] = {}
    rows = Pregnancy.objects.filter(person__id__among=every).order_by("begun_on")
    for person, begun, ended, gravida, para in fetch(
        rows.values_list("person_id", "begun_on", "ended_on", "gravida", "para")
    ):
        pregnancies.setdefault(root_of[person], []).append((begun, ended, gravida, para))
    contacts: dict[UUID, list[tuple[date, UUID, str]]] = {}
    told = MotherContact.objects.filter(person__id__among=every, after_birth=False)
    for id, person, day, signs in fetch(
        told.order_by("on", "id").values_list("id", "person_id", "on", "signs")
    ):
        contacts.setdefault(root_of[person], []).append((day, id, signs))
    found = {}
    for visit, person, day in visits:
        root = roots[person]
        mine = contacts.get(root, [])
        signs = next((text for _, id, text in mine if id == visit), "")
        of = [
            one for one in pregnancies.get(root, ())
            if one[0] <= day and (one[1] is None or day <= one[1])
        ]  # fmt: skip
        begun = of[-1][0] if of else date.min
        before = [id for at, id, _ in mine if begun <= at]
        number = before.index(visit) + 1 if visit in before else 0
        weeks, gravida, para = ((day - begun).days // 7, *of[-1][2:]) if of else (None, None, None)
        found[visit] = Gestation(
            weeks, gravida, para, number, tuple(filter(None, signs.split(",")))
        )
    return found
