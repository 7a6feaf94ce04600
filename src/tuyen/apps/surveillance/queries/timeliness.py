"""7-1-7 of every outbreak, from what the journal brought: nobody types a milestone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Min

from tuyen.apps.access import walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import (
    Alarm,
    Bottleneck,
    EventSignal,
    Outbreak,
    OutbreakCase,
    OutbreakPlace,
    OutbreakSource,
    OutbreakTask,
)
from tuyen.apps.surveillance.queries.outbreaks import OutbreakRow, rows_of, seen
from tuyen.engines.surveillance.timeliness import Timeliness, timeliness
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance import outbreaks as law

Found = dict[UUID, list[Any]]


class Milestone(NamedTuple):
    """A day of an event, and what it was read from: a case, a signal, an alarm, or the outbreak."""

    on: date | None
    by: str
    id: UUID | None


class Event(NamedTuple):
    """One outbreak and its three stages."""

    row: OutbreakRow
    level: str  # the type of the unit that leads, or at which it was opened
    emerged: Milestone
    detected: Milestone
    notified: Milestone
    actions: tuple[tuple[str, date | None, bool], ...]  # code, done on, applies
    days: tuple[float | None, ...]
    state: tuple[int, ...]
    responded: date | None
    last: str  # the action that was last, or is open
    hindrances: tuple[tuple[str, str], ...]  # stage, code


class Events(NamedTuple):
    events: list[Event]
    found: Timeliness
    targets: law.Targets


def seven_one_seven(
    *, by: Actor, first: date | None = None, last: date | None = None,
    diseases: Sequence[str] = (), area: UUID | None = None, ids: Sequence[UUID] = (),
) -> Events:  # fmt: skip
    """The stages of the outbreaks that ``by`` may see and that began in a span of days, newest first:
    thirteen queries, whatever their number.

    Emergence is the earliest onset of a case, or what was said when it was opened. Detection is the
    first diagnosis, or the first sign that somebody saw. Notification is the first report, signal or
    alarm that the journal received. Of outbreaks that were ruled out nothing is counted.
    """
    found = Outbreak.objects.filter(seen(by)).exclude(closed_because__in=("ruled-out", "joined"))
    if first is not None:
        found = found.filter(since__gte=first)
    if last is not None:
        found = found.filter(since__lte=last)
    if diseases:
        found = found.filter(disease__in=list(diseases))
    if ids:
        found = found.filter(pk__in=list(ids))
    map_ = places.atlas()
    if area is not None:
        inside = places.communes_of(map_, area, by.on, "guided")
        found = found.filter(pk__in=_in(inside))
    rows = rows_of(found.order_by("-since", "-opened_at", "id"), map_, by)
    wanted = [row.id for row in rows]
    with walls.whole("milestones of outbreaks that the reader sees"):
        firsts, told = _cases(wanted), _sources(wanted)
    actions, codes = _actions(wanted), [item.code for item in law.early_actions(by.on)]
    why = _hindrances(wanted)
    stones = [_milestones(row, firsts.get(row.id), told.get(row.id, [])) for row in rows]
    done = [[actions.get((row.id, code), (None, False)) for code in codes] for row in rows]
    shape = (len(rows), len(codes))
    judged = timeliness(
        _days([stone[0].on for stone in stones]),
        _days([stone[1].on for stone in stones]),
        _days([stone[2].on for stone in stones]),
        _days([day for each in done for day, _ in each]).reshape(shape),
        np.array([applies for each in done for _, applies in each], bool).reshape(shape),
        np.datetime64(by.on, "D"),
        law.targets(by.on),
    )
    responded = judged.responded.astype(object).tolist()
    events = [
        Event(
            row, str(map_.type(row.lead or row.unit, by.on) or map_.type(row.unit) or ""),
            *stones[n],
            tuple((code, *each) for code, each in zip(codes, done[n], strict=True)),
            tuple(None if np.isnan(d) else float(d) for d in judged.days[n]),
            tuple(judged.state[n].tolist()), responded[n],
            codes[judged.last[n]] if judged.last[n] >= 0 else "",
            tuple(why.get(row.id, ())),
        )
        for n, row in enumerate(rows)
    ]  # fmt: skip
    return Events(events, judged, law.targets(by.on))


def _in(communes: Sequence[UUID]) -> Any:
    return OutbreakPlace.objects.filter(commune_id__in=communes).values("outbreak_id")


def _cases(ids: Sequence[UUID]) -> dict[UUID, tuple[date, date, datetime]]:
    """First onset, diagnosis and report of each line list."""
    listed = OutbreakCase.objects.filter(outbreak_id__among=set(ids), case__voided_at=None)
    counted = listed.exclude(case__classification="discarded").values_list("outbreak_id")
    firsts = counted.annotate(
        Min("case__onset_on"), Min("case__diagnosed_on"), Min("case__reported_at")
    )
    return {outbreak: tuple(rest) for outbreak, *rest in fetch(firsts.order_by())}


def _sources(ids: Sequence[UUID]) -> Found:
    """(kind, id, seen on, came in at) of what each outbreak was opened from: three queries."""
    rows = fetch(
        OutbreakSource.objects.filter(outbreak_id__among=set(ids)).values_list(
            "outbreak_id", "kind", "source_id"
        )
    )
    alarms = Alarm.objects.filter(pk__among={id for _, kind, id in rows if kind == "alarm"})
    moments: dict[UUID, tuple[date, datetime]] = {
        id: (on, at) for id, on, at in fetch(alarms.values_list("id", "raised_on", "raised_at"))
    }
    signals = EventSignal.objects.filter(pk__among={id for _, k, id in rows if k == "signal"})
    moments |= {
        id: (at.astimezone(VIETNAM).date(), came)
        for id, at, came in fetch(signals.values_list("id", "recorded_at", "received_at"))
    }
    found: Found = {}
    for outbreak, kind, id in rows:
        if id in moments:
            found.setdefault(outbreak, []).append((kind, id, *moments[id]))
    return found


def _milestones(
    row: OutbreakRow, firsts: tuple[date, date, datetime] | None, told: Sequence[Any]
) -> tuple[Milestone, Milestone, Milestone]:
    emerged = [Milestone(row.since, "outbreak", row.id)]
    detected = [Milestone(row.opened_on, "outbreak", row.id)]
    opened = row.opened_at.astimezone(VIETNAM).date()
    notified = [Milestone(opened, "outbreak", row.id)]
    if firsts is not None:
        onset, diagnosed, reported = firsts
        emerged.append(Milestone(onset, "case", None))
        detected.append(Milestone(diagnosed, "case", None))
        notified.append(Milestone(reported.astimezone(VIETNAM).date(), "case", None))
    for kind, id, on, at in told:
        detected.append(Milestone(on, kind, id))
        notified.append(Milestone(at.astimezone(VIETNAM).date(), kind, id))
    first = [min(stones, key=lambda stone: stone.on) for stones in (emerged, detected, notified)]  # type: ignore[arg-type,return-value]
    return first[0], first[1], first[2]


def _actions(ids: Sequence[UUID]) -> dict[tuple[UUID, str], tuple[date | None, bool]]:
    tasks = OutbreakTask.objects.filter(outbreak_id__among=set(ids), origin="action")
    rows = fetch(tasks.values_list("outbreak_id", "action", "done_on", "applicable"))
    return {(outbreak, action): (done, applies) for outbreak, action, done, applies in rows}


def _hindrances(ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    rows = Bottleneck.objects.filter(outbreak_id__among=set(ids)).order_by("stage", "code")
    found: dict[UUID, list[tuple[str, str]]] = {}
    for outbreak, stage, code in fetch(rows.values_list("outbreak_id", "stage", "code")):
        found.setdefault(outbreak, []).append((stage, code))
    return found


def _days(values: Sequence[date | None]) -> Any:
    return np.array(
        [np.datetime64("NaT") if value is None else np.datetime64(value, "D") for value in values],
        "datetime64[D]",
    )
