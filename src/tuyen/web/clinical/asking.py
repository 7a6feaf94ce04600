"""What an address of the books asks: a unit of the reader's, a month."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical.queries import READ
from tuyen.apps.registry import queries as registry
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest

STATIONS = ("station", "satellite_point", "clinic", "health_centre", "hospital")
_MONTHS = 15


def units(request: ActorRequest, right: str = READ) -> list[tuple[UUID, str]]:
    """Facilities over which the reader has a right, those of one's own posts first."""
    on, map_ = clock.today(), registry.atlas()
    scope = policies.scope(request.actor, right)
    own = {post.unit for post in request.actor.posts}
    found = [
        (id, map_.full_name(id, on))
        for type in STATIONS
        for id in map_.units(type, on)
        if scope.covers(id)
    ]
    return sorted(found, key=lambda one: (one[0] not in own, one[1]))


def unit(given: str, known: Iterable[tuple[UUID, str]]) -> UUID | None:
    """The unit that an address names, if it is one of the reader's; else the first of them."""
    ids = [id for id, _ in known]
    asked = next((id for id in ids if str(id) == given), None)
    return asked or next(iter(ids), None)


def month(given: str, today: date) -> Period:
    """The month that an address names; the last one that is over where it names none."""
    found = _month(given)
    if found is not None and found.start <= today:
        return found
    return Period.of("month", today).previous()


def months(today: date) -> list[str]:
    """Months to choose from, this one first."""
    found = [Period.of("month", today)]
    while len(found) < _MONTHS:
        found.append(found[-1].previous())
    return [one.label for one in found]


def _month(label: str) -> Period | None:
    try:
        found = Period.parse(label)
    except Refusal:
        return None
    return found if found.kind == "month" else None
