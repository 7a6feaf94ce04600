"""What can be answered: alarms, signals and outbreaks, looked up alike whatever keeps them.

Whoever keeps a kind of subject names its finder here by :func:`finds`; a kind that nobody keeps has
no subjects. Services and queries ask for many ids at once, in one query.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance.models import (
    Alarm,
    EventSignal,
    Outbreak,
    OutbreakCase,
    OutbreakPlace,
)


class Subject(NamedTuple):
    """Something that is answered: where, of which disease, how grave, how many cases."""

    kind: str
    id: UUID
    disease: str
    communes: tuple[UUID, ...]
    cases: int
    urgency: int  # 1 signal, 2 alert, 3 epidemic or outbreak
    since: date
    closed_on: date | None
    right: str  # by which it is read, over any of its communes


Finder = Callable[[Collection[UUID] | None], list[Subject]]
"""The subjects with these ids; of None, those that stand open and wait for an answer."""

_FINDERS: dict[str, Finder] = {}
URGENCY = {"EARS": 1, "AL": 2, "EP": 3}
_RISK = {"low": 1, "medium": 1, "high": 2, "very-high": 3}
_OVER = ("discarded", "duplicate")


def finds(kind: str) -> Callable[[Finder], Finder]:
    """Name the function that finds subjects of a kind."""

    def declare(finder: Finder) -> Finder:
        _FINDERS[kind] = finder
        return finder

    return declare


def kinds() -> list[str]:
    return sorted(_FINDERS)


def find(kind: str, ids: Collection[UUID]) -> dict[UUID, Subject]:
    """The subjects of a kind by id: one query; those that are not there are left out."""
    finder = _FINDERS.get(kind)
    if finder is None or not ids:
        return {}
    return {subject.id: subject for subject in finder(ids)}


def waiting() -> list[Subject]:
    """All that stand open, the gravest first: one query a kind."""
    found = [subject for kind in kinds() for subject in _FINDERS[kind](None)]
    return sorted(found, key=lambda s: (-s.urgency, s.since, s.id))


@finds("alarm")
def alarms(ids: Collection[UUID] | None) -> list[Subject]:
    """Alarms; those that wait were verified or opened an outbreak and are not closed."""
    rows = Alarm.objects.order_by()
    if ids is None:
        rows = rows.filter(closed_on=None, state__in=("verified", "outbreak"))
    else:
        rows = rows.filter(pk__among=set(ids))
    columns = ("id", "rule", "disease", "commune_id", "observed", "since", "closed_on")
    return [
        Subject(
            "alarm", id, disease, (commune,), observed, URGENCY.get(rule.partition("-")[0], 1),
            since, closed, "surveillance.alarm.read",
        )
        for id, rule, disease, commune, observed, since, closed in fetch(rows.values_list(*columns))
    ]  # fmt: skip


@finds("signal")
def signals(ids: Collection[UUID] | None) -> list[Subject]:
    """Event signals; those that wait are real, and not only watched or gone on to an outbreak."""
    rows = EventSignal.objects.order_by()
    if ids is None:
        rows = rows.filter(state__in=("real", "assessed"), next_step__in=("", "respond"))
    else:
        rows = rows.filter(pk__among=set(ids))
    columns = ("id", "disease", "commune_id", "affected", "risk", "seen_on", "state", "changed_at")
    return [
        Subject(
            "signal", id, disease, (commune,), affected or 1, _RISK.get(risk, 1), seen,
            changed.date() if state in _OVER else None, "surveillance.signal.read",
        )
        for id, disease, commune, affected, risk, seen, state, changed in fetch(
            rows.values_list(*columns)
        )
    ]  # fmt: skip


@finds("outbreak")
def outbreaks(ids: Collection[UUID] | None) -> list[Subject]:
    """Outbreaks, with their communes and the number of their cases: three queries."""
    rows = Outbreak.objects.order_by()
    rows = rows.filter(closed_on=None) if ids is None else rows.filter(pk__among=set(ids))
    found = list(fetch(rows.values_list("id", "disease", "unit_id", "since", "closed_on")))
    wanted = {row[0] for row in found}
    communes: dict[UUID, list[UUID]] = {}
    places = OutbreakPlace.objects.filter(outbreak_id__among=wanted).order_by("commune_id")
    for outbreak, commune in fetch(places.values_list("outbreak_id", "commune_id")):
        communes.setdefault(outbreak, []).append(commune)
    attached = OutbreakCase.objects.filter(outbreak_id__among=wanted).order_by()
    sums = attached.values_list("outbreak_id").annotate(Count("id"))
    cases = dict(fetch(sums))
    return [
        Subject(
            "outbreak", id, disease, tuple(communes.get(id, [unit])), cases.get(id, 0), 3, since,
            closed, "surveillance.outbreak.read",
        )
        for id, disease, unit, since, closed in found
    ]  # fmt: skip
