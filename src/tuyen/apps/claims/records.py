"""The record of a visit as the builder of its claim wants it: plain values, nothing asked twice.

The program itself gathers (its claims must be whole); a person who looks at a claim sees it built of
what that person may read.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import beside, places
from tuyen.apps.claims.clock import local
from tuyen.apps.claims.lines import Shelf
from tuyen.apps.claims.models import PatientFacts
from tuyen.apps.claims.papers import Further, papers_of
from tuyen.apps.claims.weights import Weights, taking
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import queries as supply
from tuyen.engines.claims.told import (
    Care,
    Catalogue,
    Cover,
    Diagnosis,
    Drug,
    Patient,
    Referral,
    Service,
)

DAY = timedelta(days=1)
ON_REQUEST = "5"
"""Way of leaving: referred because the patient asked for it."""


class Material(NamedTuple):
    """All that the claim of a visit is built of. ``whole``: nothing was left out of it. ``apart``:
    something of the visit stands apart. ``record`` stands for the person, ``others`` are visits of it that
    lie beside this one. ``unheld``: pieces of an item that were handed out and the ledger did not hold."""

    visit: UUID
    unit: UUID
    person: UUID
    care: Care
    patient: Patient
    catalogue: Catalogue
    ended: date
    whole: bool
    apart: bool
    record: UUID
    others: Sequence[beside.Other]
    unheld: Mapping[str, int]


def gather(*, by: Actor, ids: Collection[UUID], on: date) -> dict[UUID, Material]:
    """What the claims of these visits are built of, of those that ``by`` may read. A constant number
    of queries whatever their number."""
    return material(by=by, facts=clinical.visit_facts(by=by, ids=set(ids)), on=on)


def material(*, by: Actor, facts: Sequence[clinical.VisitFacts], on: date) -> dict[UUID, Material]:
    """The same of visits that were read already, or that are not saved yet."""
    people = {each.row.person for each in facts}
    known = _People(by, people)
    near = beside.others(by, facts, known.records)
    handed = supply.dispensed(
        by=by,
        visits={each.row.id for each in facts} | {one.id for held in near.values() for one in held},
    )
    unheld = _unheld(by, [line for each in facts for line in handed.get(each.row.id, ())])
    shelf = Shelf({each.row.unit for each in facts}, on)
    further = Further(by, facts)
    days = {(each.row.unit, local(each.row.ended_at).date()) for each in facts}
    weights = Weights(by, facts, taking(shelf, days))
    others = {person: [_other(one, handed) for one in held] for person, held in near.items()}
    found = {}
    for each in facts:
        ended = local(each.row.ended_at).date()
        later = _later(handed, each.row.id)
        record = known.roots.get(each.row.person, each.row.person)
        care = _care(each, ended, later, known.map, further)
        patient, held = known.patient(each, ended), shelf.on(each.row.unit, ended)
        found[each.row.id] = Material(
            each.row.id, each.row.unit, each.row.person,
            weights.stand(each, care, patient, held), patient, held, ended,
            each.opened or not each.row.apart, each.row.apart, record, others.get(record, ()),
            unheld.get(each.row.id, {}),
        )  # fmt: skip
    return found


def _later(handed: Mapping[UUID, Sequence[Any]], visit: UUID) -> list[Any]:
    """What was handed out for a visit after it, at the desk of the store."""
    return [one for one in handed.get(visit, ()) if one.source == "desk"]


def _unheld(by: Actor, lines: Sequence[Any]) -> dict[UUID, dict[str, int]]:
    """Visit -> item -> pieces that its unit's ledger did not hold, of items that it keeps at all."""
    short = [line for line in lines if line.short]
    kept = supply.kept_items(by=by, pairs={(line.unit, line.item) for line in short})
    found: dict[UUID, dict[str, int]] = {}
    for line in short:
        if (line.unit, line.item) in kept:
            items = found.setdefault(line.visit, {})
            items[line.item] = items.get(line.item, 0) + line.short
    return found


def _other(visit: clinical.BesideVisit, handed: Mapping[UUID, Sequence[Any]]) -> beside.Other:
    told = visit.content
    given = [*told.dispensed, *_later(handed, visit.id)]
    return beside.Other(visit, _drugs(told.prescribed, given))


class _People:
    """People as claims name them: six queries for any number. ``roots``: the record that stands for each
    today; ``records``: the same of every record that was merged into theirs."""

    def __init__(self, by: Actor, ids: Collection[UUID]) -> None:
        self.map = places.atlas()
        self.roots = registry.canonical(ids) if ids else {}
        born = registry.born_as(set(self.roots.values())) if ids else {}
        self.records = {one: root for root, several in born.items() for one in several}
        wanted = set(ids) | set(self.roots.values())
        self._rows = registry.people(by=by, ids=wanted)
        self._numbers = registry.identities(by=by, ids=wanted)
        self._covers = registry.covers(by=by, ids=wanted)
        self._groups = registry.ethnicity(by=by.stating("care"), ids=wanted)
        self._told = {row.pk: row for row in PatientFacts.objects.filter(pk__among=wanted)}

    def patient(self, visit: Any, ended: date) -> Patient:
        """The person of a visit on the day it ended."""
        id = self.roots.get(visit.row.person, visit.row.person)
        row, number = self._rows.get(id), self._numbers.get(id)
        if row is None or number is None:
            return Patient(id.hex, "", "", "")
        told = self._told.get(id)
        province, commune = places.codes_of_home(row.place, ended, self.map)
        vietnamese = len(number.number) == 12 and number.number.isdigit()
        return Patient(
            code=id.hex, name=row.name, born=_born(row.born_on, row.birth_precision),
            sex=str(row.sex), citizen=number.number,
            # A personal number is given to citizens alone.
            nationality=(told.nationality if told else "") or ("000" if vietnamese else ""),
            ethnic=self._groups.get(id, ""), occupation=told.occupation if told else "",
            address=", ".join(p for p in (number.address, row.village, row.commune) if p),
            province=province, commune=commune, telephone=number.phone,
            covers=self._cover(id, visit.content.card, ended), area=told.area if told else "",
            five_years=told.five_years_on if told else None,
            exempt_from=told.exempt_from if told else None,
        )  # fmt: skip

    def _cover(self, id: UUID, card: str, ended: date) -> tuple[Cover, ...]:
        """The card that the visit names, or the one on record that day."""
        held = self._covers.get(id, ())
        whole = [cover for cover in held if len(cover.card) == 15]
        chosen = (
            [c for c in whole if c.card == card] if card else [c for c in whole if c.holds(ended)]
        )
        if not chosen:
            return (Cover(card),) if card else ()
        last = chosen[-1]
        return (
            Cover(
                last.card, places.insurer_code(last.facility, ended, self.map), last.since,
                last.until - DAY if last.until else None,
            ),
        )  # fmt: skip


def _care(visit: Any, ended: date, later: Sequence[Any], map_: Any, further: Further) -> Care:
    """``later``: what was handed out for the visit after it, at the desk of the store."""
    told, row = visit.content, visit.row
    began, ends = local(row.began_at), local(row.ended_at)
    return Care(
        key=row.id.hex, number=f"{ended:%y%m%d}-{row.seq:03d}", began=began, ended=ends,
        care=told.care, attendance=told.attendance, payer=told.payer, reason=told.reason,
        course=told.course, advice=told.advice, measured=_measured(told.measured, began),
        diagnoses=tuple(
            Diagnosis(d.code, d.main, d.traditional, d.note) for d in told.diagnosed
        ),
        drugs=_drugs(told.prescribed, [*told.dispensed, *later]),
        services=tuple(
            Service(s.code, s.quantity, s.result, local(s.at) if s.at else None)
            for s in told.served
        ),
        referral=_referral(told.referred, told.leaving, ended, map_), returns=told.next.on if told.next else None,
        practitioner=row.practitioner or told.practitioner, outcome=told.outcome,
        leaving=told.leaving, papers=papers_of(told), treatments=further.treatments(visit),
        born=further.born(visit, str(map_.full_name(row.unit, ended))),
    )  # fmt: skip


def _measured(values: Sequence[Any], began: datetime) -> Mapping[str, tuple[Decimal, datetime]]:
    """The last value of each measure of the visit."""
    return {one.what: (one.value, local(one.at) if one.at else began) for one in values}


def _drugs(prescribed: Sequence[Any], dispensed: Sequence[Any]) -> tuple[Drug, ...]:
    """What was handed out, lots of one item together, with the dose that was prescribed."""
    orders = {one.item: one for one in reversed(prescribed)}
    given: dict[str, Decimal] = {}
    days: dict[str, int] = {}
    for one in dispensed:
        given[one.item] = given.get(one.item, Decimal(0)) + one.quantity
        days[one.item] = max(days.get(one.item, 0), one.days)
    drugs = []
    for item, quantity in given.items():
        order = orders.get(item)
        if order is None:
            drugs.append(Drug(item, quantity, days=days[item]))
        else:
            drugs.append(
                Drug(item, quantity, order.dose, order.times, order.days or days[item], order.note)
            )
    return tuple(drugs)


def _referral(told: Any, leaving: str, ended: date, map_: Any) -> Referral | None:
    if told is None:
        return None
    to = places.insurer_code(told.to, ended, map_)
    return Referral(to, told.reason, told.findings, told.treatment, leaving == ON_REQUEST)


def _born(day: date, precision: str) -> str:
    if precision == "year":
        return f"{day:%Y}00000000"
    return f"{day:%Y%m}000000" if precision == "month" else f"{day:%Y%m%d}0000"
