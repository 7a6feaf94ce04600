"""Alarms: the inbox, one alarm with its rows and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models import Count as CountOf

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.explaining import Sentence, explain
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.selection import CaseFilters
from tuyen.rules import surveillance as rules

READ = "surveillance.alarm.read"
State = Literal["new", "verified", "dismissed", "outbreak"]
AlarmOrder = Literal["newest", "gravest", "due"]
_GRAVITY = Case(
    When(rule__startswith="EP", then=Value(0)),
    When(rule__startswith="AL", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
SIGNALS = ("EARS", "FAR", "SCAN")
"""How the codes of the statistical rules begin."""

_ORDERS: dict[str, tuple[str, ...]] = {
    "newest": ("-since", "-raised_at", "id"),
    "gravest": ("gravity", "-raised_at", "id"),
    "due": ("due_at", "id"),
}
_COLUMNS = (
    "id", "rule", "disease", "commune_id", "period", "since", "until", "level", "observed",
    "expected", "bound", "figures", "method", "revision", "raised_on", "raised_at", "changed_at",
    "due_at", "state", "owner_id", "answered_at", "answered_by_id", "reason", "closed_on",
    "closed_because", "pvalue", "false_share", "qvalue", "below", "lesson_id",
)  # fmt: skip


class AlarmRow(NamedTuple):
    """An alarm as it stands, with its sentence."""

    id: UUID
    rule: str
    disease: str
    commune: UUID
    commune_name: str
    period: str
    since: date
    until: date
    level: str
    observed: int
    expected: float | None
    bound: float | None
    figures: dict[str, Any]
    method: str
    revision: int
    raised_on: date
    raised_at: datetime
    changed_at: datetime
    due_at: datetime
    state: str
    owner: UUID | None
    owner_name: str
    answered_at: datetime | None
    answered_by: UUID | None
    reason: str
    closed_on: date | None
    closed_because: str
    pvalue: float | None  # how often a quiet week of its like looks as much like an outbreak
    false_share: float | None  # the chance that it is false
    qvalue: float | None
    below: str  # what keeps it from ringing: share, budget, or nothing
    lesson_id: UUID | None
    sentence: Sentence

    @property
    def open(self) -> bool:
        return self.closed_on is None and self.state != "dismissed"

    @property
    def filters(self) -> CaseFilters:
        """The line list that this alarm was counted from."""
        diseases = (self.disease, *(d.id for d in rules.predecessors(self.disease)))
        if linked := str(self.figures.get("linked", "")).split():
            return CaseFilters(diseases=diseases, ids=tuple(map(UUID, linked)), counted=True)
        return CaseFilters(
            diseases=diseases,
            area=self.commune,
            first=self.since,
            last=self.judged_to,
            classifications=("confirmed",) if self.rule == "AL-A" else (),
            counted=True,
        )

    @property
    def judged_to(self) -> date:
        """The last day whose cases were counted."""
        text = self.figures.get("to")
        return date.fromisoformat(text) if text else self.until

    def overdue(self, at: datetime) -> bool:
        """Nobody has answered it, and its time has passed."""
        return self.open and not self.below and self.answered_at is None and at > self.due_at

    def disease_name(self, language: str = "vi") -> str:
        return rules.disease(self.disease).name(language)


class AlarmMark(NamedTuple):
    """An alarm as far as a chart marks it."""

    rule: str
    disease: str
    period: str
    since: date
    until: date
    raised_on: date
    closed_on: date | None


class AlarmPage(NamedTuple):
    rows: list[AlarmRow]
    total: int
    page: int
    pages: int
    by_state: dict[str, int]  # of all that are open, before the page's own filters


@dataclass(frozen=True, slots=True)
class AlarmDetail:
    row: AlarmRow
    history: list[journal.Kept]
    others: list[AlarmRow]  # of the same disease and commune, newest first


def alarms(
    *, by: Actor, states: Sequence[str] = (), rules_: Sequence[str] = (), diseases: Sequence[str] = (),
    area: UUID | None = None, unit: UUID | None = None, owner: UUID | None = None,
    open_only: bool = False, closed: bool | None = None, overdue_at: datetime | None = None,
    since: date | None = None, changed_after: datetime | None = None,
    order: AlarmOrder = "newest", page: int = 1, size: int = 50, tally: bool = True,
) -> AlarmPage:  # fmt: skip
    """The alarms that ``by`` may see that fit all that is asked: five queries, whatever is asked.

    ``rules_`` takes whole codes or their beginnings: "EP" is every epidemic, and ``SIGNALS``
    every signal.
    ``unit`` is a facility or an area: alarms of the communes that it serves, that the units it
    guides serve, or that lie in it.
    ``overdue_at`` asks for those that nobody had answered in time by that moment; ``since`` for
    those whose period had not ended before that day. ``tally`` False leaves ``by_state`` empty, one
    query less.
    """
    map_ = places.atlas()
    seen = Alarm.objects.filter(policies.scope(by, READ).where("commune_id"))
    where = _coded(states, rules_, diseases) & _standing(owner, open_only, closed, overdue_at)
    if area is not None:
        where &= Q(commune_id__in=places.communes_of(map_, area, by.on))
    if unit is not None:
        where &= Q(commune_id__in=places.communes_of(map_, unit, by.on, "guided"))
    if since is not None:
        where &= Q(until__gte=since)
    if changed_after is not None:
        where &= Q(changed_at__gt=changed_after)
    found = seen.filter(where)
    total = found.count()
    size = max(1, min(size, 500))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    if order == "gravest":
        found = found.alias(gravity=_GRAVITY)
    rows = found.order_by(*_ORDERS[order])[(page - 1) * size : page * size]
    states_of = (
        seen.filter(closed_on=None, below="")
        .values_list("state")
        .annotate(CountOf("id"))
        .order_by()
    )
    by_state = dict(states_of) if tally else {}
    return AlarmPage(_rows(list(rows.values(*_COLUMNS)), map_), total, page, pages, by_state)


def overdue_count(*, by: Actor, at: datetime, area: UUID | None = None) -> int:
    """How many alarms of the reader's units nobody has answered although their time is past."""
    where = policies.scope(by, READ).where("commune_id") & _standing(overdue_at=at)
    if area is not None:
        where &= Q(commune_id__in=places.communes_of(places.atlas(), area, by.on))
    return Alarm.objects.filter(where).count()


def alarm_marks(*, by: Actor, since: date, area: UUID | None = None) -> list[AlarmMark]:
    """What a chart marks: which rules were met by which diseases in which periods that had not
    ended before ``since``. One query; alike alarms of several communes are one mark."""
    where = policies.scope(by, READ).where("commune_id") & Q(until__gte=since)
    if area is not None:
        where &= Q(commune_id__in=places.communes_of(places.atlas(), area, by.on))
    rows = Alarm.objects.filter(where).order_by().values_list(*AlarmMark._fields).distinct()
    return [AlarmMark(*row) for row in rows]


def _coded(states: Sequence[str], rules_: Sequence[str], diseases: Sequence[str]) -> Q:
    where = Q()
    if states:
        where &= Q(state__in=list(states))
    if diseases:
        where &= Q(disease__in=list(diseases))
    if rules_:
        begins = Q(pk__in=())
        for code in rules_:
            begins |= Q(rule__startswith=code)
        where &= begins
    return where


def _standing(
    owner: UUID | None = None, open_only: bool = False, closed: bool | None = None,
    overdue_at: datetime | None = None,
) -> Q:  # fmt: skip
    """How an alarm stands; in the words of the partial indexes, which SQLite takes only for them."""
    where = Q()
    if owner is not None:
        where &= ~Q(owner_id=None) & Q(owner_id=owner)
    if open_only or overdue_at is not None:
        where &= Q(closed_on=None) & ~Q(state="dismissed")
    if closed is not None:
        where &= Q(closed_on__isnull=not closed)
    if overdue_at is not None:
        where &= Q(answered_at=None, due_at__lt=overdue_at)
    if open_only or overdue_at is not None:
        where &= Q(below="")  # what does not ring waits for nobody
    return where


def alarm(*, by: Actor, id: UUID) -> AlarmDetail | None:
    """One alarm with its history, or None when there is none that ``by`` may see."""
    map_ = places.atlas()
    seen = Alarm.objects.filter(policies.scope(by, READ).where("commune_id"))
    found = seen.filter(pk=id).values(*_COLUMNS).first()
    if found is None:
        return None
    same = seen.filter(disease=found["disease"], commune_id=found["commune_id"]).exclude(pk=id)
    others = list(same.order_by("-since", "rule").values(*_COLUMNS)[:20])
    row, *rest = _rows([found, *others], map_)
    return AlarmDetail(row, journal.history(by=by, of=id), rest)


def _rows(found: list[dict[str, Any]], map_: Any) -> list[AlarmRow]:
    names = access.names({row["owner_id"] for row in found if row["owner_id"]})
    made = []
    for row in found:
        figures = msgspec.json.decode(row["figures"])
        sentence = explain(row, figures)
        commune, owner = row.pop("commune_id"), row.pop("owner_id")
        plain = row | {
            "figures": figures,
            "commune": commune,
            "commune_name": map_.full_name(commune, row["since"]),
            "owner": owner,
            "owner_name": names.get(owner, "") if owner else "",
            "sentence": sentence,
        }
        plain["answered_by"] = plain.pop("answered_by_id")
        made.append(AlarmRow(**plain))
    return made
