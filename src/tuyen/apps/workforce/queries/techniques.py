"""Techniques that stations learn and have, exchanges and drills: with names for whoever reads files."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Handover, HandoverCase, Member, Outing
from tuyen.apps.workforce.queries.courses import ASK, SIGN, TRAIN
from tuyen.apps.workforce.queries.people import READ


class HandoverRow(NamedTuple):
    """A technique on its way to a station, or there. ``state``: planned, signed, lapsed or ended;
    ``signs`` is the unit over which somebody signs it off."""

    id: UUID
    unit: UUID
    unit_name: str
    technique: str
    giver: str
    signs: UUID
    teachers: Sequence[tuple[str, str]]
    learners: Sequence[tuple[UUID, str]]
    asked: int
    done: int
    alone: int
    begins: date
    state: str
    signed_on: date | None
    signed_by: str
    until: date | None
    paper: str
    why: str
    may_log: bool
    may_sign: bool


class CaseRow(NamedTuple):
    id: UUID
    name: str
    done_on: date
    supervised: bool
    void: bool
    why: str


class OutingRow(NamedTuple):
    id: UUID
    unit: UUID
    unit_name: str
    kind: str
    title: str
    partner: str
    place: str
    first: date
    last: date
    score: int | None
    report: str
    people: Sequence[tuple[UUID, str]]
    drill: UUID | None
    state: str
    why: str
    may_void: bool


def handovers(*, by: Actor, on: date, unit: UUID | None = None) -> list[HandoverRow]:
    """Techniques of stations in reach, and those that a unit in reach gives. Four queries."""
    policies.check(by, READ)
    scope = policies.scope(by, READ)
    rows = Handover.objects.filter(scope.where("unit_id") | scope.where("giver_id"))
    found = list(rows.order_by("-begins", "id")[:1000])
    if unit is not None:
        found = [row for row in found if places.now_at(row.unit_id, on) == unit]
    return _handovers(by, found, on)


def handover(*, by: Actor, id: UUID, on: date) -> tuple[HandoverRow, list[CaseRow]] | None:
    """One technique of a station in reach, with its cases by day. Six queries."""
    policies.check(by, READ)
    scope = policies.scope(by, READ)
    rows = list(Handover.objects.filter(scope.where("unit_id") | scope.where("giver_id"), pk=id))
    if not rows:
        return None
    (row,) = _handovers(by, rows, on)
    names = dict(row.learners)
    cases = HandoverCase.objects.filter(handover_id=id).order_by("done_on", "id")
    return row, [
        CaseRow(one.pk, names.get(one.member_id, ""), one.done_on, one.supervised, one.void, one.why)
        for one in cases
    ]  # fmt: skip


def _handovers(by: Actor, found: Sequence[Handover], on: date) -> list[HandoverRow]:
    people = {UUID(id) for row in found for id in row.learners}
    names = dict(Member.objects.filter(pk__among=people).values_list("id", "name"))
    done: dict[UUID, Counter[bool]] = defaultdict(Counter)
    cases = HandoverCase.objects.filter(handover_id__among={row.pk for row in found}, void=False)
    for id, supervised in cases.values_list("handover_id", "supervised"):
        done[id][supervised] += 1
    signers = access.names({row.signed_by_id for row in found if row.signed_by_id})
    asking, signing = policies.scope(by, ASK), policies.scope(by, SIGN)
    return [
        HandoverRow(
            row.pk, row.unit_id, places.name(places.now_at(row.unit_id, on), on), row.technique,
            row.giver or (places.name(row.giver_id, row.begins) if row.giver_id else ""),
            row.giver_id or row.unit_id, [(name, licence) for name, licence in row.teachers],
            [(UUID(id), names.get(UUID(id), "")) for id in row.learners], row.cases,
            done[row.pk][True], done[row.pk][False], row.begins, _state(row, on), row.signed_on,
            signers.get(row.signed_by_id, "") if row.signed_by_id else "", row.until, row.paper,
            row.why, row.state != "ended" and asking.covers(row.unit_id),
            row.state != "ended" and signing.covers(row.giver_id or row.unit_id),
        )
        for row in found
    ]  # fmt: skip


def _state(row: Handover, on: date) -> str:
    if row.state == "signed" and row.until is not None and row.until <= on:
        return "lapsed"
    return str(row.state)


def outings(*, by: Actor, on: date, kind: str = "") -> list[OutingRow]:
    """Exchanges and drills filed by units in reach, the latest first. Two queries."""
    policies.check(by, TRAIN)
    rows = Outing.objects.filter(policies.scope(by, TRAIN).where("unit_id"))
    if kind:
        rows = rows.filter(kind=kind)
    found = list(rows.filter(Q(first__lte=on)).order_by("-first", "id")[:300])
    people = {UUID(id) for row in found for id in row.members}
    names = dict(Member.objects.filter(pk__among=people).values_list("id", "name"))
    filing = policies.scope(by, TRAIN)
    return [
        OutingRow(
            row.pk, row.unit_id, places.name(places.now_at(row.unit_id, on), on), row.kind,
            row.title, row.partner, row.place, row.first, row.last, row.score, row.report,
            [(UUID(id), names.get(UUID(id), "")) for id in row.members], row.drill_id,
            row.state, row.why,
            row.state == "filed" and filing.covers(row.unit_id),
        )
        for row in found
    ]  # fmt: skip
