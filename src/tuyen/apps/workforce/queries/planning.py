"""Transfers that were proposed, who could go, and the zones of communes."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Credential, Member, Tenure, Transfer, Zone
from tuyen.apps.workforce.queries.people import EDIT, FIGURE, READ


class TransferRow(NamedTuple):
    """A transfer from ``giver`` to ``taker``; ``until`` of a rotation."""

    id: UUID
    member: UUID
    name: str
    cadre: str
    giver: UUID
    giver_name: str
    taker: UUID
    taker_name: str
    since: date
    until: date | None
    reason: str
    proposed_on: date
    state: str
    answer: str
    answered_on: date | None
    may_answer: bool


class FreeRow(NamedTuple):
    """Somebody at work: where and since when; ``bound``: they head a unit or are tied to it."""

    member: UUID
    name: str
    unit: UUID
    cadre: str
    contract: str
    since: date
    bound: bool


def transfers(*, by: Actor, on: date, waiting: bool = False, limit: int = 300) -> list[TransferRow]:
    """Transfers to or from units in reach: those that wait first, then the newest. Two queries."""
    scope, answering = policies.scope(by, READ), policies.scope(by, EDIT)
    rows = Transfer.objects.filter(scope.where("unit_id") | scope.where("from_unit_id"))
    if waiting:
        rows = rows.filter(state="proposed")
    found = sorted(
        rows.order_by("-proposed_on", "-id")[:limit], key=lambda one: one.state != "proposed"
    )
    people = Member.objects.filter(pk__among={one.member_id for one in found})
    names = dict(people.values_list("id", "name"))
    return [
        TransferRow(
            one.pk, one.member_id, names.get(one.member_id, ""), one.cadre, one.from_unit_id,
            places.name(places.now_at(one.from_unit_id, on), on), one.unit_id,
            places.name(places.now_at(one.unit_id, on), on), one.since, one.until, one.reason,
            one.proposed_on, one.state, one.answer, one.answered_on,
            one.state == "proposed" and answering.covers(one.from_unit_id),
        )
        for one in found
    ]  # fmt: skip


def free_to_go(*, by: Actor, on: date, cadres: Sequence[str]) -> list[FreeRow]:
    """Who of some cadres works in reach and waits for no transfer: four queries."""
    held = Q(void=False, main=True, since__lt=on) & (Q(until=None) | Q(until__gt=on))
    rows = list(
        Tenure.objects.filter(
            policies.scope(by, READ).where("unit_id"), held, cadre__in=list(cadres)
        ).order_by("id")
    )
    waiting = set(Transfer.objects.filter(state="proposed").values_list("member_id", flat=True))
    people = Member.objects.filter(pk__among={row.member_id for row in rows})
    names = dict(people.values_list("id", "name"))
    lasting = Q(state="live", kind="tie", since__lte=on) & (Q(until=None) | Q(until__gt=on))
    tied = set(Credential.objects.filter(lasting).values_list("member_id", flat=True))
    return [
        FreeRow(row.member_id, names[row.member_id], places.now_at(row.unit_id, on), row.cadre,
                row.contract, row.since, row.position == "head" or row.member_id in tied)
        for row in rows
        if row.member_id in names and row.member_id not in waiting
    ]  # fmt: skip


def zones(*, by: Actor, on: date) -> dict[UUID, tuple[int, str]]:
    """Commune -> (its zone on a day, who said so), as far as somebody entered it. One query."""
    policies.check(by, FIGURE)
    found: dict[UUID, tuple[int, str]] = {}
    rows = Zone.objects.filter(since__lte=on).order_by("since", "id")
    for unit, zone, source in rows.values_list("unit_id", "zone", "source"):
        found[places.now_at(unit, on)] = (zone, source)
    return found
