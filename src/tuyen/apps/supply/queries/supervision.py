"""Supervision as it is read: visits of a station, sites and when they are due, findings to mend."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import places
from tuyen.apps.supply.models import (
    Balance,
    Equipment,
    Excursion,
    Finding,
    Lot,
    Photograph,
    Reading,
    Supervision,
    SupervisionItem,
)
from tuyen.rules import supply as rules

SUPERVISION = "supply.supervision.read"
SUPERVISE = "supply.supervision.record"
ANSWER = "supply.finding.answer"
SUPERVISED = ("station", "satellite_point")
"""Types of units that are supervised with this checklist."""


class SiteRow(NamedTuple):
    """A site with its last visit and what waits there."""

    unit: UUID
    name: str
    visit: UUID | None
    on: date | None
    percent: float | None
    before: float | None
    next_on: date | None
    open: int
    red: int
    late: int


class VisitRow(NamedTuple):
    id: UUID
    unit: UUID
    unit_name: str
    on: date
    team: Sequence[str]
    met: str
    percent: float | None
    red: int
    next_on: date
    voided_on: date | None


class ItemRow(NamedTuple):
    item: str
    points: int | None
    note: str
    counted: int | None
    booked: int | None


class FindingRow(NamedTuple):
    """Something to mend; ``late`` on the day that was asked for."""

    id: UUID
    supervision: UUID
    unit: UUID
    unit_name: str
    item: str
    what: str
    owner: str
    red: bool
    found_on: date
    due: date
    state: str
    answered_on: date | None
    answer: str
    settled_on: date | None
    verdict: str
    late: bool


class VisitPage(NamedTuple):
    """All of a visit: ``sections`` as (key, points, of)."""

    row: VisitRow
    points: int
    of: int
    sections: Sequence[tuple[str, int, int]]
    items: Sequence[ItemRow]
    findings: Sequence[FindingRow]
    photographs: Sequence[tuple[UUID, str, str]]
    note: str
    signature: str
    void_reason: str
    author: str


def sites(*, by: Actor, on: date) -> list[SiteRow]:
    """Every site in reach, those never visited and those most overdue first. Two queries."""
    scope = policies.scope(by, SUPERVISION)
    visits: dict[UUID, list[Supervision]] = {}
    for row in Supervision.objects.filter(
        scope.where("unit_id"), voided_on=None, on__lte=on
    ).order_by("-on", "-id"):
        visits.setdefault(row.unit_id, []).append(row)
    waiting: dict[UUID, list[tuple[bool, date]]] = {}
    found = Finding.objects.filter(scope.where("unit_id"), state__in=("open", "answered"))
    for unit, red, due in found.values_list("unit_id", "red", "due"):
        waiting.setdefault(unit, []).append((red, due))
    rows = [
        _site(unit, on, visits.get(unit, []), waiting.get(unit, []))
        for unit in places.atlas().units(SUPERVISED, on)
        if scope.covers(unit)
    ]
    return sorted(rows, key=lambda one: (one.next_on or date.min, one.name))


def _site(
    unit: UUID, on: date, visits: list[Supervision], waiting: list[tuple[bool, date]]
) -> SiteRow:
    last = visits[0] if visits else None
    before = visits[1] if len(visits) > 1 else None
    return SiteRow(
        unit, places.name(unit, on), last.pk if last else None, last.on if last else None,
        _percent(last), _percent(before), last.next_on if last else None, len(waiting),
        sum(red for red, _ in waiting), sum(due < on for _, due in waiting),
    )  # fmt: skip


def _percent(row: Supervision | None) -> float | None:
    return 100 * row.points / row.of if row is not None and row.of else None


def supervisions(*, by: Actor, on: date, unit: UUID, limit: int = 40) -> list[VisitRow]:
    """The visits to a site, the newest first, those that were voided too."""
    scope = policies.scope(by, SUPERVISION)
    found = Supervision.objects.filter(scope.where("unit_id"), unit_id=unit, on__lte=on)
    return [_row(row, on) for row in found.order_by("-on", "-id")[:limit]]


def _row(row: Supervision, on: date) -> VisitRow:
    return VisitRow(
        row.pk, row.unit_id, places.name(row.unit_id, on), row.on, row.team, row.met, _percent(row),
        row.red, row.next_on, row.voided_on,
    )  # fmt: skip


def supervision(*, by: Actor, id: UUID, on: date) -> VisitPage | None:
    """A visit with all that was found; None out of reach. Four queries and the author's name."""
    scope = policies.scope(by, SUPERVISION)
    row = Supervision.objects.filter(scope.where("unit_id"), pk=id).first()
    if row is None:
        return None
    items = SupervisionItem.objects.filter(supervision_id=id).values_list(
        "item", "points", "note", "counted", "booked"
    )
    photographs = Photograph.objects.filter(supervision_id=id).order_by("taken_on", "id")
    authors = access.names({row.author_id})
    return VisitPage(
        _row(row, on), row.points, row.of,
        [(key, points, of) for key, (points, of) in row.sections.items()],
        [ItemRow(*one) for one in items], _findings(Finding.objects.filter(supervision_id=id), on),
        list(photographs.values_list("id", "item", "caption")), row.note, row.signature,
        row.void_reason, authors.get(row.author_id, ""),
    )  # fmt: skip


def checked(
    *, by: Actor, on: date, items: Collection[str]
) -> dict[UUID, tuple[date, dict[str, int]]]:
    """Site in reach -> the day of its last visit, and the points (0 to 2) of ``items`` that applied
    there. Two queries."""
    scope = policies.scope(by, SUPERVISION)
    rows = Supervision.objects.filter(scope.where("unit_id"), voided_on=None, on__lte=on)
    last = {unit: (id, day) for unit, id, day in rows.order_by("on", "id").values_list(
        "unit_id", "id", "on")}  # fmt: skip
    told: dict[UUID, dict[str, int]] = {}
    points = SupervisionItem.objects.filter(
        supervision_id__among={id for id, _ in last.values()}, item__in=list(items)
    ).exclude(points=None)
    for visit, item, n in points.values_list("supervision_id", "item", "points"):
        told.setdefault(visit, {})[item] = int(n or 0)
    return {unit: (day, told.get(id, {})) for unit, (id, day) in last.items()}


def findings(
    *, by: Actor, on: date, unit: UUID | None = None, waiting: bool = True
) -> list[FindingRow]:
    """Findings in reach, the red and the late first; with ``waiting`` those alone that are not settled."""
    found = Finding.objects.filter(policies.scope(by, SUPERVISION).where("unit_id"))
    if unit is not None:
        found = found.filter(unit_id=unit)
    if waiting:
        found = found.filter(state__in=("open", "answered"))
    return _findings(found, on)


def _findings(found: object, on: date) -> list[FindingRow]:
    rows = [
        FindingRow(
            row.pk, row.supervision_id, row.unit_id, places.name(row.unit_id, on), row.item, row.what,
            row.owner, row.red, row.found_on, row.due, row.state, row.answered_on, row.answer,
            row.settled_on, row.verdict, row.state in ("open", "answered") and row.due < on,
        )
        for row in found  # type: ignore[attr-defined]
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (not one.red, one.due, one.unit_name, one.item))


def photograph(*, by: Actor, id: UUID) -> bytes | None:
    """A photograph of a visit in reach."""
    scope = policies.scope(by, SUPERVISION)
    held = Photograph.objects.filter(scope.where("unit_id"), pk=id).values_list("jpeg", flat=True)
    found = held.first()
    return None if found is None else bytes(found)


def supervision_facts(*, by: Actor, unit: UUID, on: date) -> dict[str, tuple[int, int]]:
    """What the ledger and the cold chain know of a site, by the facts of the checklist: (amiss, of).

    ``expired``: lots on the shelf beyond their date, of lots there; ``faulty``: pieces, of those in use;
    ``calibration``: pieces whose check is due, of those of a kind that is checked; ``readings``: missed
    in 30 days, of those due; ``excursions``: those of 90 days not decided yet, of all. Nothing of what the reader's post does not open. Five queries.
    """
    found: dict[str, tuple[int, int]] = {}
    if policies.may(by, "supply.stock.read", unit):
        held = Balance.objects.filter(unit_id=unit, state__in=("usable", "open"), vials__gt=0)
        days = dict(
            Lot.objects.filter(pk__among=set(held.values_list("lot_id", flat=True))).values_list(
                "pk", "expires_on"
            )
        )
        found["expired"] = (sum(day < on for day in days.values()), len(days))
    if policies.may(by, "supply.cold.read", unit):
        pieces = list(Equipment.objects.filter(unit_id=unit).exclude(state="retired"))
        cycled = [one for one in pieces if rules.check_months(one.kind) is not None]
        late = [one for one in cycled if one.calibrate_by is None or one.calibrate_by < on]
        found["faulty"] = (sum(one.state == "faulty" for one in pieces), len(pieces))
        found["calibration"] = (len(late), len(cycled))
        found["readings"] = _readings({one.pk: one.since for one in pieces if one.watched}, on)
        recent = Excursion.objects.filter(unit_id=unit, since__date__gte=on - timedelta(days=90))
        states = list(recent.values_list("state", flat=True))
        found["excursions"] = (sum(state != "decided" for state in states), len(states))
    return found


def _readings(since: dict[UUID, date], on: date) -> tuple[int, int]:
    """Readings by hand that were missed in the 30 days before a day, of those that were due."""
    first = on - timedelta(days=30)
    due = sum(2 * max((on - max(first, begun)).days, 0) for begun in since.values())
    made = Reading.objects.filter(equipment_id__among=set(since), day__gte=first, day__lt=on)
    halves = made.exclude(half="").count()
    return max(due - halves, 0), due
