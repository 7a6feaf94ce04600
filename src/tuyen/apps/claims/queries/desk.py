"""The desk: how many claims stand where, what is late, what waits for the portal."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Min, Q, Sum

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.models import Claim, Submission
from tuyen.apps.claims.models.claims import CHECKABLE, SENT, UNSENT

READ, FIGURES = "claims.claim.read", "claims.figure.read"
SOON = timedelta(days=2)


class Waiting(NamedTuple):
    """The outbox: files that wait, the oldest of them, and what stopped the last try."""

    files: int
    since: datetime | None
    again_at: datetime | None
    why: str


class Desk(NamedTuple):
    """Counts of claims by state; late and soon due ones among those not sent; VND of the fund.
    ``check_ins``: by state, of visits whose claim was not sent yet, and all that were refused."""

    counts: dict[str, int]
    check_ins: dict[str, int]
    late: int
    soon: int
    corrections_late: int
    corrections: int
    amended: int
    unsent: Decimal
    first_due: date | None
    outbox: Waiting

    @property
    def every(self) -> int:
        return sum(self.counts.values())


def desk(*, by: Actor, on: date) -> Desk:
    """What waits at the reader's units: five queries."""
    rows = Claim.objects.filter(policies.scope(by, READ).where("unit_id"))
    counts = dict(rows.values_list("state").annotate(n=Count("pk")).order_by("state"))
    unsent = Q(state__in=UNSENT)
    told = rows.aggregate(
        late=Count("pk", filter=unsent & Q(due_on__lt=on)),
        soon=Count("pk", filter=unsent & Q(due_on__range=(on, on + SOON))),
        first=Min("due_on", filter=unsent),
        money=Sum("fund", filter=unsent),
        amended=Count("pk", filter=Q(amended=True)),
        corrections=Count("pk", filter=~Q(correct_by=None)),
        missed=Count("pk", filter=Q(correct_by__lt=on)),
    )
    checked_in = (
        rows.filter(unsent | Q(check_in="refused")).exclude(check_in="").values_list("check_in")
    )
    check_ins = dict(checked_in.annotate(n=Count("pk")).order_by("check_in"))
    return Desk(
        counts, check_ins, told["late"], told["soon"], told["missed"], told["corrections"], told["amended"],
        told["money"] or Decimal(0), told["first"], _outbox(by),
    )  # fmt: skip


def states(*, by: Actor, first: date, last: date) -> dict[str, int]:
    """How many claims of a span stand in each state: one query."""
    rows = Claim.objects.filter(policies.scope(by, READ).where("unit_id"), day__range=(first, last))
    return dict(rows.values_list("state").annotate(n=Count("pk")).order_by("state"))


def sent(*, by: Actor, first: date, last: date) -> dict[UUID, int]:
    """Unit -> claims of a span of which a file has reached the portal, for those who see figures or
    claims: one query."""
    seen = policies.scope(by, READ).where("unit_id") | policies.scope(by, FIGURES).where("unit_id")
    rows = Claim.objects.filter(seen, day__range=(first, last), state__in=SENT)
    return dict(rows.values_list("unit_id").annotate(n=Count("pk")).order_by())


def to_check(
    *, by: Actor, first: date, last: date, states: tuple[str, ...] = CHECKABLE
) -> dict[UUID, list[UUID]]:
    """Claims of a span that can be checked, by unit, where the reader prepares claims."""
    return _by_unit(by, "claims.claim.prepare", first, last, states)


def to_send(*, by: Actor, first: date, last: date) -> dict[UUID, list[UUID]]:
    """Claims of a span that were found without error, by unit, where the reader sends."""
    return _by_unit(by, "claims.claim.send", first, last, ("ready",))


def _by_unit(
    by: Actor, right: str, first: date, last: date, states: tuple[str, ...]
) -> dict[UUID, list[UUID]]:
    rows = Claim.objects.filter(
        policies.scope(by, right).where("unit_id"), day__range=(first, last), state__in=states
    ).order_by("unit_id", "ended_at", "id")
    found: dict[UUID, list[UUID]] = {}
    for unit, id in rows.values_list("unit_id", "pk"):
        found.setdefault(unit, []).append(id)
    return found


def _outbox(by: Actor) -> Waiting:
    scope = policies.scope(by, READ)
    rows = Submission.objects.filter(scope.where("unit_id"), state="waiting")
    told = rows.aggregate(files=Count("pk"), since=Min("made_at"))
    head = rows.order_by("seq").values_list("next_at", "outcome", "message").first()
    if head is None:
        return Waiting(0, None, None, "")
    return Waiting(told["files"], told["since"], head[0], head[1])
