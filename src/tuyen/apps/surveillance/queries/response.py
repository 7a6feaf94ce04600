"""Teams, goods and bookings as they stand; ``by`` decides whose."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import means, places, subjects, vials
from tuyen.apps.surveillance.means import ACTIVE, StockFacts, TeamFacts
from tuyen.apps.surveillance.models import Booking, Movement
from tuyen.apps.surveillance.subjects import Subject

RESPONSE = "surveillance.response.read"
BOOK = "surveillance.response.book"
ARRIVE = "surveillance.response.arrive"
RESOURCES = "surveillance.resource.edit"


class BookingRow(NamedTuple):
    """A booking as it stands, with the names of its time."""

    id: UUID
    unit: UUID
    unit_name: str
    commune: UUID
    commune_name: str
    subject_kind: str
    subject: UUID
    disease: str
    team: UUID | None
    team_name: str
    contact: str
    item: str
    quantity: int
    since: date
    until: date
    state: str  # booked, arrived, released
    left: dict[str, Any]
    note: str
    booked_at: datetime
    booked_by: str
    arrived_at: datetime | None
    released_at: datetime | None
    used: int | None
    reason: str
    changed_at: datetime

    @property
    def lots(self) -> list[dict[str, Any]]:
        """The lots of the stock that it binds (lot, number, vials, expires); none of another good."""
        return vials.of(self.left)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


class BookingPage(NamedTuple):
    rows: list[BookingRow]
    total: int
    page: int
    pages: int


class TeamRow(NamedTuple):
    """A team, where it stands, and until when it is bound."""

    facts: TeamFacts
    unit_name: str
    stands_name: str
    taken_until: date | None
    missing: str
    mine: bool  # the reader may change it


class StockRow(NamedTuple):
    """A good at a unit."""

    facts: StockFacts
    unit_name: str
    promised: int
    mine: bool

    @property
    def free(self) -> int:
        return max(0, self.facts.on_hand - self.promised)

    @property
    def low(self) -> bool:
        return self.free < self.facts.minimum


class MovementRow(NamedTuple):
    """A line of the ledger."""

    id: UUID
    kind: str
    delta: int
    balance: int
    on: date
    other_name: str
    note: str
    author: str


def subject(*, by: Actor, kind: str, id: UUID) -> Subject | None:
    """An alarm, signal or outbreak that ``by`` may read in at least one of its communes."""
    found = subjects.find(kind, [id]).get(id)
    if found is None:
        return None
    scope = policies.scope(by, found.right)
    return found if any(scope.covers(commune) for commune in found.communes) else None


def waiting_subjects(*, by: Actor, limit: int = 50) -> list[tuple[Subject, int]]:
    """Subjects that stand open with how many active bookings each has, the gravest first."""
    scopes: dict[str, policies.Scope] = {}
    found = []
    for one in subjects.waiting():
        scope = scopes.setdefault(one.right, policies.scope(by, one.right))
        if any(scope.covers(commune) for commune in one.communes):
            found.append(one)
    held: dict[UUID, int] = {}
    for bound in means.bound():
        held[bound.subject] = held.get(bound.subject, 0) + 1
    return [(one, held.get(one.id, 0)) for one in found[:limit]]


def bookings_for(*, by: Actor, subject: UUID) -> list[BookingRow]:
    """Every booking for one alarm, signal or outbreak, the active ones first."""
    rows = Booking.objects.filter(_seen(by), subject_id=subject).order_by("-booked_at", "id")
    return sorted(_rows(list(rows)), key=lambda row: not row.active)


def bookings(
    *, by: Actor, state: str = "", commune: UUID | None = None, page: int = 1, size: int = 50
) -> BookingPage:
    """Bookings of the reader's units and communes, the newest first. ``state`` "active" is what
    was booked or has arrived."""
    found = Booking.objects.filter(_seen(by))
    if state == "active":
        found = found.filter(state__in=ACTIVE)
    elif state:
        found = found.filter(state=state)
    if commune is not None:
        found = found.filter(commune_id__in=places.communes_of(places.atlas(), commune, by.on))
    total = found.count()
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    rows = found.order_by("-booked_at", "id")[(page - 1) * size : page * size]
    return BookingPage(_rows(list(rows)), total, page, pages)


def booking(*, by: Actor, id: UUID) -> BookingRow | None:
    """One booking, or None when there is none that ``by`` may see."""
    rows = _rows(list(Booking.objects.filter(_seen(by), pk=id)))
    return rows[0] if rows else None


def teams(*, by: Actor, on: date) -> list[TeamRow]:
    """The teams of the reader's units, by unit and name, with whether they can be sent on a day."""
    scope, mine, map_ = (
        policies.scope(by, RESPONSE), policies.scope(by, RESOURCES), places.atlas(),
    )  # fmt: skip
    taken: dict[UUID, date] = {}
    for one in means.bound():
        if one.team is not None and one.since <= on <= one.until:
            taken[one.team] = max(one.until, taken.get(one.team, one.until))
    rows = [
        TeamRow(
            team, map_.full_name(team.unit, on), map_.full_name(team.stands, on),
            taken.get(team.id), team.missing(on), mine.covers(team.unit),
        )
        for team in means.teams()
        if scope.covers(team.unit)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.unit_name, row.facts.name))


def team(*, by: Actor, id: UUID) -> TeamFacts | None:
    """One team of the reader's units, disbanded ones too."""
    found = next(iter(means.teams([id])), None)
    return found if found and policies.may(by, RESPONSE, found.unit) else None


def stocks(*, by: Actor, on: date, unit: UUID | None = None) -> list[StockRow]:
    """The goods of the reader's units, by good and unit."""
    scope, mine, map_ = (
        policies.scope(by, RESPONSE), policies.scope(by, RESOURCES), places.atlas(),
    )  # fmt: skip
    promised = means.promised(means.bound())
    rows = [
        StockRow(
            stock, map_.full_name(stock.unit, on), promised.get((stock.unit, stock.item), 0),
            mine.covers(stock.unit),
        )
        for stock in means.stocks()
        if scope.covers(stock.unit) and (unit is None or stock.unit == unit)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.facts.item, row.unit_name))


def movements(*, by: Actor, unit: UUID, item: str, limit: int = 50) -> list[MovementRow]:
    """The ledger of a good at a unit, the newest line first."""
    if not policies.may(by, RESPONSE, unit):
        return []
    rows = list(Movement.objects.filter(unit_id=unit, item=item).order_by("-at", "id")[:limit])
    names, map_ = access.names({row.author_id for row in rows}), places.atlas()
    return [
        MovementRow(
            row.id, row.kind, row.delta, row.balance, row.on,
            map_.full_name(row.other_id, row.on) if row.other_id else "", row.note,
            names.get(row.author_id, ""),
        )
        for row in rows
    ]  # fmt: skip


def _seen(by: Actor) -> Q:
    scope = policies.scope(by, RESPONSE)
    return scope.where("unit_id") | scope.where("commune_id") if not scope.everything else Q()


def _rows(found: Sequence[Booking]) -> list[BookingRow]:
    map_ = places.atlas()
    who = access.names({row.booked_by_id for row in found})
    wanted = {row.team_id for row in found if row.team_id}
    held: dict[UUID, tuple[str, str]] = {}
    if wanted:
        with walls.whole("name and telephone of teams whose bookings were read already"):
            held = {team.id: (team.name, team.contact) for team in means.teams(wanted)}
    rows = []
    for row in found:
        name, contact = held.get(row.team_id, ("", "")) if row.team_id else ("", "")
        rows.append(BookingRow(
            row.id, row.unit_id, map_.full_name(row.from_id, row.since), row.commune_id,
            map_.full_name(row.commune_id, row.since), row.subject_kind, row.subject_id,
            row.disease, row.team_id, name, contact, row.item, row.quantity, row.since, row.until,
            row.state, msgspec.json.decode(row.left), row.note, row.booked_at,
            who.get(row.booked_by_id, ""), row.arrived_at, row.released_at, row.used, row.reason,
            row.changed_at,
        ))  # fmt: skip
    return rows
