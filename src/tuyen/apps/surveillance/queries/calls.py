"""Whom to call about signals, on which number, and which calls were made."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count as CountOf

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Case, Duty, SignalCall, UnitPhone
from tuyen.apps.surveillance.queries.preparedness import PREPARED
from tuyen.apps.surveillance.selection import visible

READ, TRIAGE = "surveillance.alarm.read", "surveillance.alarm.triage"
_MOST = 8  # units: a list to call from is short
_SINCE = timedelta(days=28)  # cases before the signal that say who reports there


class OnDuty(NamedTuple):
    """Somebody on the rota of a unit today, the one to be called first first."""

    shift: str
    name: str
    phone: str
    role: str


class Callee(NamedTuple):
    """A unit to call: why, and on which numbers."""

    unit: UUID
    name: str
    why: str  # reported, serves, guides
    cases: int  # that it reported, for ``reported``
    phone: str  # on business; "" where none is kept
    note: str  # whom one reaches there
    duty: tuple[OnDuty, ...]  # as far as the reader may see the rota
    may_keep: bool  # the reader may keep its number


class Call(NamedTuple):
    """A call that was made."""

    id: UUID
    called: UUID
    name: str
    outcome: str
    said: str
    on: date
    at: datetime
    by: str


def callees(*, by: Actor, commune: UUID, disease: str, since: date) -> list[Callee]:
    """Whom to call about a disease (empty: any sign) in a commune: who reported its cases, the most
    first, then who serves the commune, then who guides those. Four queries."""
    map_, on = places.atlas(), by.on
    reported = _reporters(by, map_, commune, disease, since) if disease else {}
    serving = [unit for unit in map_.subjects(commune, "serves", on) if unit not in reported]
    at_hand = [*reported, *serving]
    guiding = [unit for one in at_hand for unit in map_.related(one, "guided_by", on)]
    why = dict.fromkeys(reported, "reported") | dict.fromkeys(serving, "serves")
    for unit in guiding:
        why.setdefault(unit, "guides")
    chosen = list(why)[:_MOST]
    phones = {
        unit: (phone, note)
        for unit, phone, note in UnitPhone.objects.filter(unit_id__in=chosen).values_list(
            "unit_id", "phone", "note"
        )
    }
    duty = _duty(by, chosen)
    keeps = policies.scope(by, TRIAGE)
    return [
        Callee(
            unit, map_.full_name(unit, on), why[unit], reported.get(unit, 0),
            *phones.get(unit, ("", "")), tuple(duty.get(unit, ())), keeps.covers(unit),
        )
        for unit in chosen
    ]  # fmt: skip


def calls(*, by: Actor, commune: UUID, subject: str, most: int = 50) -> list[Call]:
    """The calls about a subject in a commune and in those it succeeded, the newest first."""
    map_ = places.atlas()
    found = SignalCall.objects.filter(
        policies.scope(by, READ).where("commune_id"), subject=subject,
        commune_id__in=places.communes_of(map_, commune, by.on),
    ).order_by("-at", "id")  # fmt: skip
    rows = list(
        found.values_list("id", "called_id", "outcome", "said", "called_on", "at", "author_id")[
            :most
        ]
    )
    names = access.names({row[6] for row in rows}) if rows else {}
    return [
        Call(id, called, map_.full_name(called, on), outcome, said, on, at, names.get(author, ""))
        for id, called, outcome, said, on, at, author in rows
    ]


def _reporters(by: Actor, map_: Any, commune: UUID, disease: str, since: date) -> dict[UUID, int]:
    """Units that reported cases of the disease there of late, and how many; the most first."""
    rows = Case.objects.filter(
        visible(by), disease=disease, voided_at=None, onset_on__gte=since - _SINCE,
        onset_on__lte=by.on, commune_id__in=places.communes_of(map_, commune, by.on),
    ).exclude(classification="discarded")  # fmt: skip
    counted = rows.values_list("unit_id").annotate(n=CountOf("id")).order_by("-n", "unit_id")
    found: dict[UUID, int] = {}
    for unit, n in counted:
        here = unit if map_.valid(unit, by.on) else _in_its_place(map_, unit, by.on)
        if here is not None:
            found[here] = found.get(here, 0) + n
    return found


def _in_its_place(map_: Any, unit: UUID, on: date) -> UUID | None:
    """Whoever took over from a unit that ended, else who serves the commune it stood in."""
    heirs = [heir for heir, _share in map_.current(unit, on) if map_.valid(heir, on)]
    commune = map_.commune_of(unit, on)
    serving = map_.subjects(commune, "serves", on) if commune is not None else []
    return next(iter([*heirs, *serving]), None)


def _duty(by: Actor, units: Sequence[UUID]) -> dict[UUID, list[OnDuty]]:
    """Who is on duty today at units whose rota the reader may see."""
    rows = Duty.objects.filter(
        policies.scope(by, PREPARED).where("unit_id"), unit_id__in=list(units), day=by.on
    ).order_by("unit_id", "shift", "place")
    found: dict[UUID, list[OnDuty]] = {}
    for unit, shift, name, phone, role in rows.values_list(
        "unit_id", "shift", "name", "phone", "role"
    ):
        found.setdefault(unit, []).append(OnDuty(shift, name, phone, role))
    return found
