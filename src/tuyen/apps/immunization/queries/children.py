"""What is on record of one person."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import packs
from tuyen.apps.immunization.evaluating import Asked, explained
from tuyen.apps.immunization.models import Dose, Status
from tuyen.apps.immunization.timeline import step_of, timeline
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization import GroupAnswer

READ = "immunization.dose.read"


class DoseRow(NamedTuple):
    """A dose as it stands after its amendments."""

    id: UUID
    person: UUID  # the record it was made for
    unit: UUID
    facility: UUID | None
    place: str
    place_kind: str
    session: UUID | None
    programme: str
    source: str  # given, or what it was copied from
    vaccine: str
    product: str
    lot: str
    vial: str
    site: str
    route: str
    number: int | None
    given_on: date
    precision: str
    screening: str
    arrived_at: datetime | None
    screened_at: datetime | None
    injected_at: datetime | None
    left_at: datetime | None
    vaccinator: str
    note: str
    author: UUID | None
    received_at: datetime
    revision: int
    duplicate_of: UUID | None
    duplicate: str  # suspected, same, or ""
    counted: bool
    voided_at: datetime | None
    void_reason: str


_COLUMNS = (
    "id", "person_id", "unit_id", "facility_id", "place", "place_kind", "session_id", "programme",
    "source", "vaccine", "product", "lot", "vial", "site", "route", "number", "given_on",
    "precision", "screening", "arrived_at", "screened_at", "injected_at", "left_at", "vaccinator",
    "note", "author_id", "received_at", "revision", "duplicate_of_id", "duplicate", "counted",
    "voided_at", "void_reason",
)  # fmt: skip


def doses(*, by: Actor, people: Collection[UUID], void: bool = False) -> dict[UUID, list[DoseRow]]:
    """Doses of people by the record that stands for each, oldest first; of those who live where the
    reader may read doses, and those that the reader's own units recorded. A constant number of
    queries."""
    if not people:
        return {}
    roots = registry.canonical(people)
    records = registry.born_as(set(roots.values()))
    home = {record: root for root, every in records.items() for record in every}
    scope = policies.scope(by, READ)
    rows = Dose.objects.filter(person__id__among=set(home)).filter(
        scope.where("person__place_id") | scope.where("unit_id")
    )
    if not void:
        rows = rows.filter(voided_at=None)
    found: dict[UUID, list[DoseRow]] = {root: [] for root in records}
    for row in fetch(rows.order_by("given_on", "received_at", "id").values_list(*_COLUMNS)):
        found[home[row[1]]].append(DoseRow(*row))
    return found


def dose(*, by: Actor, id: UUID) -> DoseRow | None:
    """One dose, or None when there is none that the reader may read. The door that shows it notes
    the reading."""
    scope = policies.scope(by, READ)
    rows = Dose.objects.filter(pk=id).filter(
        scope.where("person__place_id") | scope.where("unit_id")
    )
    return next((DoseRow(*row) for row in fetch(rows.values_list(*_COLUMNS))), None)


def doses_by_ids(*, by: Actor, ids: Collection[UUID]) -> list[DoseRow]:
    """Doses by their ids, those that the reader may read, void ones among them: one query."""
    scope = policies.scope(by, READ)
    rows = Dose.objects.filter(pk__among=set(ids)).filter(
        scope.where("person__place_id") | scope.where("unit_id")
    )
    return [DoseRow(*row) for row in fetch(rows.order_by("given_on", "id").values_list(*_COLUMNS))]


class Judged(NamedTuple):
    """What became of one dose in one vaccine group."""

    dose: UUID
    status: str
    reasons: tuple[str, ...]


class GroupRow(NamedTuple):
    """Where somebody stands in one vaccine group, as it is kept."""

    group: str
    status: str
    number: int | None
    earliest: date | None
    recommended: date | None
    past_due: date | None
    valid: int
    judged: tuple[Judged, ...]
    pack: str
    evaluated_on: date


class Card(NamedTuple):
    """What is kept of one person: the groups in the order of what is due first, and every dose,
    void ones among them, oldest first."""

    person: UUID
    born_on: date
    sex: int
    place: UUID | None
    active: bool
    groups: tuple[GroupRow, ...]
    doses: tuple[DoseRow, ...]


def card(*, by: Actor, person: UUID) -> Card | None:
    """The card of one person, by the record that stands for them; None when there is nobody whom
    the reader may read. The door that shows it notes the reading."""
    root = registry.canonical([person])[person]
    facts = registry.vitals(by=by, ids=[root]).get(root)
    if facts is None or facts.voided:
        return None
    if facts.place is None or not policies.scope(by, READ).covers(facts.place):
        return None
    rows = Status.objects.filter(person=root).values_list(
        "group", "status", "dose_number", "earliest_on", "recommended_on", "past_due_on", "valid",
        "judged", "pack", "evaluated_on",
    )  # fmt: skip
    groups = [GroupRow._make((*row[:7], _judged(row[7]), *row[8:])) for row in fetch(rows)]
    groups.sort(key=lambda row: (row.recommended or date.max, row.group))
    held = doses(by=by, people=[root], void=True)[root]
    return Card(root, facts.born_on, facts.sex, facts.place, facts.here, tuple(groups), tuple(held))


def _judged(text: str) -> tuple[Judged, ...]:
    said = (
        msgspec.json.decode(text, type=list[tuple[UUID, str | None, tuple[str, ...]]])
        if text
        else []
    )
    return tuple(Judged(dose, status or "", reasons) for dose, status, reasons in said)


class Why(NamedTuple):
    """What the engine says of one person with the rule and the row of the pack behind every date and
    verdict, by vaccine group. Doses of an answer are numbered as those in ``doses``, from 0."""

    regime: str
    answers: dict[str, GroupAnswer]
    doses: tuple[UUID, ...]


def why(*, by: Actor, card: Card, on: date) -> Why:
    """The reasons behind a card, by the schedule in force on a day: for the one person who is looked
    at, by the engine that keeps its steps. One statement."""
    policies.check(by, READ, card.place)
    regime = step_of(on, timeline()).pack
    lives = packs.where(registry.atlas(), card.place, on)
    pack = packs.pack_in_force(on, lives, card.born_on, regime)
    counted = sorted(
        (dose for dose in card.doses if dose.counted), key=lambda dose: (dose.given_on, dose.id)
    )
    rows = [
        {"given_on": dose.given_on, "vaccine": dose.vaccine, "product": dose.product}
        for dose in counted
    ]
    answers = explained(pack, Asked(card.born_on, card.sex, rows), on)
    return Why(
        regime, {answer.vaccine_group: answer for answer in answers},
        tuple(dose.id for dose in counted),
    )  # fmt: skip
