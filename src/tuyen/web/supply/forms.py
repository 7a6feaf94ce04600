"""What the forms of the stock have in common: units, days, numbers, and the way to the journal."""

from datetime import date, datetime
from uuid import UUID

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import queries
from tuyen.apps.supply.places import HOLDING
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest
from tuyen.web.supply import words

MOST = 10_000_000
_HOLDING = {
    code
    for code, kind in rules.equipment_kinds().items()
    if kind.cabinet or (kind.cold and code != "logger")
}


def send(
    request: ActorRequest, payload: Payload, unit: UUID, *, on: date | None = None,
    corrects: UUID | None = None,
) -> list[str]:  # fmt: skip
    """Commit one operation; returns the sentences of what was refused, none when it was taken."""
    now = clock.now()
    operation = Operation.of(
        payload, unit=unit, happened_on=on or now.date(), recorded_at=now, corrects=corrects
    )
    receipts = commit(by=request.actor, operations=[operation], at=now)
    return [words.said(r.refusal) for r in receipts if r.refusal is not None]


def units(request: ActorRequest, right: str) -> list[tuple[UUID, str]]:
    """Units that hold stock over which the reader has a right; those of one's own posts first."""
    on, map_ = clock.today(), registry.atlas()
    scope = policies.scope(request.actor, right)
    own = {post.unit for post in request.actor.posts}
    found = [(id, map_.full_name(id, on)) for id in map_.units(HOLDING, on) if scope.covers(id)]
    return sorted(found, key=lambda one: (one[0] not in own, one[1]))


def chosen(request: ActorRequest, right: str, name: str = "unit") -> UUID | None:
    """The unit that a form or an address names, when the reader has the right there; else the
    first of the reader's."""
    given = words.as_uuid(request.POST.get(name, "") or request.GET.get(name, ""))
    if given is not None:
        return given if policies.may(request.actor, right, given) else None
    return next((id for id, _ in units(request, right)), None)


def fridges(request: ActorRequest, unit: UUID | None) -> list[tuple[UUID, str]]:
    """What of a unit can hold vials or medicines."""
    if unit is None:
        return []
    rows = queries.equipment(by=request.actor, on=clock.today(), unit=unit)
    return [(row.id, row.name) for row in rows if row.state != "retired" and row.kind in _HOLDING]


def decimal(text: str) -> float | None:
    """A number with a comma or a point; None for anything else."""
    try:
        value = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if -1000 < value < 100_000 else None


def day(text: str) -> date | None:
    """A day as it is typed, 07/03/2026, or as a browser sends it; None for anything else."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def stage(text: str) -> int | None:
    """The stage of a vial monitor, 1 to 4; None where nobody looked."""
    return int(text) if text in ("1", "2", "3", "4") else None
