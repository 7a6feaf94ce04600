"""What stands of the cards of visits: confirmed by the portal or not yet, and the evidence of it."""

import json
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.models import CardTry, Claim
from tuyen.apps.claims.models.claims import UNSENT
from tuyen.apps.claims.queries.claims import READ, ClaimRow, rows_of
from tuyen.apps.registry import queries as registry


class CardTryRow(NamedTuple):
    """A question to the portal and what came back; ``asked_by`` is the program itself or who wanted to know."""

    operation: UUID
    at: datetime
    answered_at: datetime | None
    asked_by: str
    card: str
    name: str
    born: str
    outcome: str
    code: str
    verdict: str
    facts: dict[str, str]
    message: str


class Evidence(NamedTuple):
    """What is known of the card of a visit. ``silent``: questions without an answer about the card;
    ``tries``: the oldest first."""

    row: ClaimRow
    entitlement: str
    ask_at: datetime | None
    silent: int
    tries: tuple[CardTryRow, ...]


def evidence(*, by: Actor, claim: UUID) -> Evidence | None:
    """The questions about the card of a visit; None where the reader may not read its claim or who it
    is. The door that shows it notes the reading."""
    held = Claim.objects.filter(policies.scope(by, READ).where("unit_id"), pk=claim).first()
    if held is None:
        return None
    (row,) = rows_of(by, [held])
    root = registry.canonical([held.person_id])[held.person_id]
    if not row.person and root not in registry.people(by=by, ids=[root]):
        return None
    rows = list(CardTry.objects.filter(claim_id=claim).order_by("at", "id"))
    names = access.names({one.asked_by_id for one in rows})
    tries = tuple(
        CardTryRow(
            one.operation_id, one.at, one.answered_at, names.get(one.asked_by_id, ""), one.card,
            one.name, one.born, one.outcome, one.code, one.verdict, json.loads(one.facts),
            one.message,
        )
        for one in rows
    )  # fmt: skip
    silent = sum(not one.verdict for one in tries)
    return Evidence(row, held.entitlement, held.ask_at, silent, tries)


def entitlements(
    *, by: Actor, first: date | None = None, last: date | None = None
) -> dict[str, int]:
    """How many claims that were not sent stand as not confirmed (due) or contradicted (bad), of visits
    that ended in a span or ever: one query."""
    rows = Claim.objects.filter(
        policies.scope(by, READ).where("unit_id"), state__in=UNSENT, entitlement__in=("due", "bad")
    )
    if first is not None and last is not None:
        rows = rows.filter(day__range=(first, last))
    return dict(rows.values_list("entitlement").annotate(n=Count("pk")).order_by("entitlement"))


def entitlement(*, by: Actor, visit: UUID) -> str:
    """What stands of the card of a visit; "" where nothing is owed or the reader may not read its
    claim: one query."""
    rows = Claim.objects.filter(policies.scope(by, READ).where("unit_id"), pk=visit)
    return rows.values_list("entitlement", flat=True).first() or ""


def unconfirmed(*, by: Actor, first: date, last: date, limit: int = 50) -> list[ClaimRow]:
    """Claims of a span that were not sent and whose card the portal contradicts or has not confirmed,
    those that it contradicts before: as many queries as a list of claims needs."""
    rows = Claim.objects.filter(
        policies.scope(by, READ).where("unit_id"), state__in=UNSENT,
        entitlement__in=("due", "bad"), day__range=(first, last),
    ).order_by("entitlement", "-day", "-id")  # fmt: skip
    return rows_of(by, list(rows[:limit]))
