"""Contacts and their grid of days, for whoever may know who they are."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Q, Value, When

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import discreet, places
from tuyen.apps.surveillance.models import Contact, FollowUp
from tuyen.kernel.text import fold

READ = "surveillance.contact.read"
GRID_DAYS = 14
_COLUMNS = (
    "id", "outbreak_id", "case_id", "disease", "unit_id", "commune_id", "village_id", "person_id",
    "name", "phone", "sex", "age", "address", "relation", "exposed_on", "until", "state", "last_on",
    "became_id", "note",
)  # fmt: skip


class ContactRow(NamedTuple):
    """A contact as it stands. Of a discreet disease the name is told only for a purpose."""

    id: UUID
    outbreak: UUID
    case: UUID | None
    disease: str
    unit: UUID
    commune: UUID
    village: UUID | None
    person: UUID | None
    name: str
    phone: str
    sex: str
    age: int | None
    address: str
    relation: str
    exposed_on: date
    until: date
    state: str
    last_on: date | None
    became: UUID | None
    note: str
    commune_name: str
    village_name: str
    masked: bool = False

    def watched(self, on: date) -> bool:
        """Whether somebody is to look after the contact on a day."""
        return self.became is None and self.exposed_on <= on <= self.until


class Grid(NamedTuple):
    """Contacts by days: ``marks`` says how each was; a day without one was missed, or is to come."""

    rows: list[ContactRow]
    days: list[date]
    marks: dict[tuple[UUID, date], str]
    total: int
    page: int
    pages: int
    due: int  # watched today and not yet seen today, of all pages
    done: int  # seen today


def visible_contacts(by: Actor) -> Q:
    """Contacts that ``by`` may read: those watched in, or written down by, a unit of the scope."""
    scope = policies.scope(by, READ)
    return scope.where("commune_id") | scope.where("unit_id")


def contact_grid(
    *, by: Actor, outbreak: UUID, on: date, text: str = "", state: str = "", case: UUID | None = None,
    page: int = 1, size: int = 50, days: int = GRID_DAYS,
) -> Grid:  # fmt: skip
    """A page of the contacts of an outbreak with the last days up to ``on``: five queries.

    ``state``: due (watched on ``on`` and not seen yet), ill, case, over, or all. Those who are
    due come first.
    """
    mine = Contact.objects.filter(visible_contacts(by), outbreak_id=outbreak)
    watched = Q(became_id=None, until__gte=on, exposed_on__lte=on)
    seen_today = FollowUp.objects.filter(outbreak_id=outbreak, day=on).values("contact_id")
    counted = mine.aggregate(
        due=Count("id", filter=watched & ~Q(pk__in=seen_today)),
        done=Count("id", filter=Q(pk__in=seen_today)),
    )
    found = mine.filter(_asked(state, watched, seen_today))
    if case is not None:
        found = found.filter(case_id=case)
    if words := fold(text).split():
        found = found.filter(discreet_names(by))
        for word in words:
            found = found.filter(name_folded__contains=word)
    total = found.count()
    size = max(1, min(size, 200))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    waits = Case(When(watched & ~Q(pk__in=seen_today), then=Value(0)), default=Value(1))
    ordered = found.alias(waits=waits).order_by("waits", "name_folded", "id")
    rows = rows_of(ordered[(page - 1) * size : page * size], by)
    shown = [on - timedelta(days=n) for n in reversed(range(max(1, min(days, 60))))]
    told = FollowUp.objects.filter(
        outbreak_id=outbreak,
        contact_id__in=[row.id for row in rows],
        day__gte=shown[0],
        day__lte=on,
    )
    marks = {
        (contact, day): how
        for contact, day, how in told.values_list("contact_id", "day", "state").order_by()
    }
    return Grid(rows, shown, marks, total, page, pages, counted["due"], counted["done"])


def contact(*, by: Actor, id: UUID) -> ContactRow | None:
    """One contact, or None when there is none that ``by`` may read."""
    return next(iter(rows_of(Contact.objects.filter(visible_contacts(by), pk=id), by)), None)


def persons_watched(*, by: Actor, outbreak: UUID, persons: Collection[UUID]) -> set[UUID]:
    """Which of these residents are contacts of the outbreak already, as far as the reader may see."""
    if not persons:
        return set()
    mine = Contact.objects.filter(visible_contacts(by), outbreak_id=outbreak)
    found = mine.filter(person_id__in=list(persons)).values_list("person_id", flat=True)
    return {person for person in found if person is not None}


def contacts_by_commune(*, by: Actor, outbreak: UUID) -> list[tuple[UUID, int]]:
    """How many contacts that the reader may see are watched in each commune."""
    mine = Contact.objects.filter(visible_contacts(by), outbreak_id=outbreak)
    return list(mine.values_list("commune_id").annotate(Count("id")).order_by("commune_id"))


def discreet_names(by: Actor) -> Q:
    """Nobody finds out by a name that somebody is a contact of a discreet disease."""
    return discreet.told(by)


def rows_of(found: Any, by: Actor) -> list[ContactRow]:
    """Rows with the names of their places, and without whose they are where ``by`` is not told."""
    map_ = places.atlas()
    withheld = discreet.withheld(by)
    rows = [
        _row(dict(zip(_COLUMNS, each, strict=True)), map_) for each in found.values_list(*_COLUMNS)
    ]
    return [_veil(row) if withheld(row) else row for row in rows]


def _row(plain: Mapping[str, Any], map_: Any) -> ContactRow:
    said = {name.removesuffix("_id"): value for name, value in plain.items() if name != "id"}
    on = said["exposed_on"]
    return ContactRow(
        id=plain["id"], commune_name=map_.full_name(said["commune"], on),
        village_name=map_.name(said["village"], on) if said["village"] else "", **said,
    )  # fmt: skip


def _veil(row: ContactRow) -> ContactRow:
    return row._replace(
        name="", phone="", address="", note="", person=None, village=None, village_name="",
        masked=True,
    )  # fmt: skip


def _asked(state: str, watched: Q, seen_today: Any) -> Q:
    match state:
        case "due":
            return watched & ~Q(pk__in=seen_today)
        case "ill":
            return Q(state="ill")
        case "case":
            return ~Q(became_id=None)
        case "over":
            return ~watched & Q(became_id=None)
    return Q()
