"""What there is to send: teams and goods, from the small ledger of this room until others keep them.

The workforce and supply rooms will know teams and stocks better than this room does. They then
call :func:`served` with functions that give the same facts, and everything that ranks, books and
shows goes on as before; this room's own tables fall silent.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.surveillance.models import Booking, Resource, Team
from tuyen.apps.surveillance.operations import Away, Member

ACTIVE = ("booked", "arrived")
"""States in which a booking binds what it is of."""


class TeamFacts(NamedTuple):
    """A team that may be sent."""

    id: UUID
    unit: UUID
    stands: UUID
    name: str
    skills: frozenset[str]
    languages: tuple[str, ...]
    size: int
    contact: str
    days: str  # seven digits from Monday
    away: tuple[Away, ...]
    members: tuple[Member, ...]
    disbanded_on: date | None

    def missing(self, on: date) -> str:
        """Why it cannot be sent on a day: ``weekday``, ``away``, or its own reason; "" if it can."""
        if self.days[on.weekday()] != "1":
            return "weekday"
        absence = next((a for a in self.away if a.since <= on <= a.until), None)
        return "" if absence is None else absence.why or "away"


class StockFacts(NamedTuple):
    """A good at a unit. ``on_hand`` counts what is promised but not yet gone."""

    unit: UUID
    item: str
    on_hand: int
    minimum: int
    counted_on: date | None


class Bound(NamedTuple):
    """An active booking, as far as it binds."""

    id: UUID
    unit: UUID
    team: UUID | None
    item: str
    quantity: int
    since: date
    until: date
    state: str
    subject: UUID
    commune: UUID

    @property
    def promised(self) -> int:
        """Goods that still lie on the shelf."""
        return self.quantity if self.item and self.state == "booked" else 0


Teams = Callable[[Collection[UUID] | None], list[TeamFacts]]
Stocks = Callable[[], list[StockFacts]]


def own_teams(ids: Collection[UUID] | None = None) -> list[TeamFacts]:
    """Teams of this room's table: those with the ids, or all that are not disbanded. One query."""
    rows = Team.objects.order_by("name", "id")
    rows = rows.filter(disbanded_on=None) if ids is None else rows.filter(pk__among=set(ids))
    return [team_of(row) for row in rows]


def team_of(row: Team) -> TeamFacts:
    return TeamFacts(
        row.id, row.unit_id, row.stands_id, row.name, frozenset(row.skills.split()),
        tuple(row.languages.split()), row.size, row.contact, row.days,
        msgspec.json.decode(row.away, type=tuple[Away, ...]),
        msgspec.json.decode(row.members, type=tuple[Member, ...]), row.disbanded_on,
    )  # fmt: skip


def own_stocks() -> list[StockFacts]:
    """Every good at every unit of this room's ledger. One query."""
    rows = Resource.objects.order_by("item", "unit_id")
    columns = ("unit_id", "item", "on_hand", "minimum", "counted_on")
    return [StockFacts(*row) for row in rows.values_list(*columns)]


_served: dict[str, Callable[..., list[object]]] = {}


def served(*, teams: Teams | None = None, stocks: Stocks | None = None) -> None:
    """Take teams or stocks from another room; None goes back to this room's own."""
    for name, source in (("teams", teams), ("stocks", stocks)):
        _served.pop(name, None)
        if source is not None:
            _served[name] = source  # type: ignore[assignment]


def teams(ids: Collection[UUID] | None = None) -> list[TeamFacts]:
    """Teams with the ids, or all that may be sent."""
    source: Teams = _served.get("teams", own_teams)  # type: ignore[assignment]
    return source(ids)


def stocks() -> list[StockFacts]:
    """All goods at all units."""
    source: Stocks = _served.get("stocks", own_stocks)  # type: ignore[assignment]
    return source()


def keeps_own_ledger() -> bool:
    """Whether goods leave this room's shelves when they arrive; another room moves its own."""
    return "stocks" not in _served


def bound() -> list[Bound]:
    """Every active booking. One query."""
    rows = Booking.objects.filter(state__in=ACTIVE).order_by("since", "id")
    columns = (
        "id", "unit_id", "team_id", "item", "quantity", "since", "until", "state", "subject_id",
        "commune_id",
    )  # fmt: skip
    return [Bound(*row) for row in rows.values_list(*columns)]


def promised(bookings: Iterable[Bound]) -> dict[tuple[UUID, str], int]:
    """(unit, item) -> pieces that are promised and still lie there."""
    sums: dict[tuple[UUID, str], int] = {}
    for one in bookings:
        if one.promised:
            key = (one.unit, one.item)
            sums[key] = sums.get(key, 0) + one.promised
    return sums
