"""What the insurer refused: in a list, by reason, and by station."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Sum

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import places
from tuyen.apps.claims.models import Denial
from tuyen.engines.claims.answers import Denial as Refused
from tuyen.engines.claims.answers import Match, Share, pareto

READ, FIGURES = "claims.claim.read", "claims.figure.read"


class DenialRow(NamedTuple):
    """A refusal in a list."""

    id: UUID
    claim: UUID | None
    unit_name: str
    key: str
    table: str
    row: int
    field: str
    reason: str
    words: str
    at_risk: Decimal
    status: str
    state: str
    answered_on: date
    correct_by: date


class Risk(NamedTuple):
    """Money at risk of a unit, VND: refusals that nobody corrected yet."""

    unit: UUID
    name: str
    refusals: int
    money: Decimal


def denials(*, by: Actor, first: str, last: str, limit: int = 500) -> list[DenialRow]:
    """Refusals of visits of the months from ``first`` to ``last`` (2026-10), open ones first, the
    dearest of them before: one query."""
    rows = Denial.objects.filter(
        policies.scope(by, READ).where("unit_id"), month__range=(first, last)
    ).order_by("-state", "-at_risk", "answered_on", "id")
    map_ = places.atlas()
    return [
        DenialRow(
            d.pk, d.claim_id, places.name(d.unit_id, d.answered_on, map_), d.key, d.table, d.row,
            d.field, d.reason, d.words, d.at_risk, d.status, d.state, d.answered_on, d.correct_by,
        )
        for d in rows[:limit]
    ]  # fmt: skip


def reasons(*, by: Actor, first: str, last: str) -> list[Share]:
    """Reasons of refusals by money, the dearest first: one query."""
    rows = Denial.objects.filter(
        policies.scope(by, READ).where("unit_id"), month__range=(first, last)
    ).values_list("key", "table", "row", "field", "reason", "amount", "status", "at_risk")
    return pareto(
        Match(Refused(key, "", table, row, field, reason, amount), status, None, risk)
        for key, table, row, field, reason, amount, status, risk in rows
    )


def at_risk(*, by: Actor, on: date) -> list[Risk]:
    """Money at risk by unit, the most first, for those who see figures or claims: one query."""
    seen = policies.scope(by, READ).where("unit_id") | policies.scope(by, FIGURES).where("unit_id")
    rows = Denial.objects.filter(seen, state="open", claim_id__isnull=False)
    told = rows.values_list("unit_id").annotate(n=Count("pk"), money=Sum("at_risk"))
    map_ = places.atlas()
    found = [Risk(unit, places.name(unit, on, map_), n, money) for unit, n, money in told]
    return sorted(found, key=lambda one: (-one.money, one.name))
