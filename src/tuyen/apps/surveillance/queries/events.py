"""Event signals: one, several, and what is counted of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count as CountOf
from django.db.models import Q

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import EventSignal
from tuyen.apps.surveillance.sources.events import visible
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.signs import Sign, name_of, signs

_COLUMNS = (
    "id", "unit_id", "commune_id", "village_id", "facility_id", "sign", "source", "seen_on",
    "affected", "deaths", "disease", "phone", "reporter", "link", "note", "author_id",
    "received_at", "changed_at", "state", "due_at", "late", "screened_at", "screened_by_id",
    "verified_at", "verified_by_id", "how", "assessed_at", "assessed_by_id", "risk", "next_step",
    "duplicate_of_id", "reason",
)  # fmt: skip


class EventRow(NamedTuple):
    """An event signal as it stands; of the telephone only whether there is one."""

    id: UUID
    unit: UUID
    unit_name: str
    commune: UUID
    commune_name: str
    village: UUID | None
    place_name: str  # the village, where it is known, else the commune
    facility_name: str
    sign: str
    source: str
    seen_on: date
    affected: int | None
    deaths: int
    disease: str
    callable: bool
    reporter: str
    link: str
    note: str
    author: UUID | None
    received_at: datetime
    changed_at: datetime
    state: str
    due_at: datetime | None
    late: tuple[str, ...]  # steps that were taken after their clock
    screened_at: datetime | None
    verified_at: datetime | None
    how: str
    assessed_at: datetime | None
    risk: str
    next_step: str
    duplicate_of: UUID | None
    reason: str

    @property
    def step(self) -> str:
        """The step that comes next: screen, verify, assess, or none."""
        return {"reported": "screen", "relevant": "verify", "real": "assess"}.get(self.state, "")

    @property
    def settled(self) -> bool:
        return self.state in ("discarded", "duplicate")

    def overdue(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at

    def sign_name(self, language: str = "vi") -> str:
        return name_of(self.sign, language)


@dataclass(frozen=True, slots=True)
class EventDetail:
    row: EventRow
    history: list[journal.Kept]
    others: list[EventRow]  # of the same commune within a month, the newest first


class SignCounts(NamedTuple):
    """Signals of one sign by week and by commune."""

    weeks: list[Period]  # (t,) oldest first
    counts: list[int]  # (t,)
    by_commune: dict[UUID, int]  # of the last four weeks, on today's map


class EventPage(NamedTuple):
    rows: list[EventRow]
    total: int
    page: int
    pages: int


def event_page(
    *, by: Actor, states: Sequence[str] = (), signs: Sequence[str] = (),
    sources: Sequence[str] = (), diseases: Sequence[str] = (), area: UUID | None = None,
    first: date | None = None, last: date | None = None, overdue_at: datetime | None = None,
    page: int = 1, size: int = 50,
) -> EventPage:  # fmt: skip
    """Event signals that ``by`` may see that fit all that is asked, newest first: three queries.

    ``first`` and ``last`` are days on which they were seen.
    """
    where = visible(by)
    if states:
        where &= Q(state__in=list(states))
    if signs:
        where &= Q(sign__in=list(signs))
    if sources:
        where &= Q(source__in=list(sources))
    if diseases:
        where &= Q(disease__in=list(diseases))
    if area is not None:
        where &= Q(commune_id__in=places.communes_of(places.atlas(), area, by.on))
    if first is not None:
        where &= Q(seen_on__gte=first)
    if last is not None:
        where &= Q(seen_on__lte=last)
    if overdue_at is not None:
        where &= ~Q(due_at=None) & Q(due_at__lt=overdue_at)
    found = EventSignal.objects.filter(where)
    total = found.count()
    size = max(1, min(size, 500))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    rows = found.order_by("-seen_on", "id").values(*_COLUMNS)[(page - 1) * size : page * size]
    return EventPage([_row(row) for row in rows], total, page, pages)


def event_signals(
    *, by: Actor, states: Sequence[str] = (), overdue_at: datetime | None = None,
    since: date | None = None, ids: Sequence[UUID] = (), page: int = 1, size: int = 50,
) -> list[EventRow]:  # fmt: skip
    """Event signals that ``by`` may see, newest first: two queries."""
    where = visible(by)
    if states:
        where &= Q(state__in=list(states))
    if ids:
        where &= Q(pk__in=list(ids))
    if overdue_at is not None:
        where &= ~Q(due_at=None) & Q(due_at__lt=overdue_at)
    if since is not None:
        where &= Q(seen_on__gte=since)
    rows = EventSignal.objects.filter(where).order_by("-seen_on", "id").values(*_COLUMNS)
    size = max(1, min(size, 500))
    return [_row(row) for row in rows[(page - 1) * size : page * size]]


def event_signal(*, by: Actor, id: UUID) -> EventDetail | None:
    """One event signal with its history, or None when there is none that ``by`` may see."""
    seen = EventSignal.objects.filter(visible(by))
    found = seen.filter(pk=id).values(*_COLUMNS).first()
    if found is None:
        return None
    month = timedelta(days=30)
    same = seen.filter(
        commune_id=found["commune_id"],
        seen_on__gte=found["seen_on"] - month,
        seen_on__lte=found["seen_on"] + month,
    )
    others = same.exclude(pk=id).order_by("-seen_on", "id").values(*_COLUMNS)[:20]
    history = journal.history(by=by, of=id)
    return EventDetail(_row(found), history, [_row(row) for row in others])


def event_phone(*, by: Actor, id: UUID) -> str | None:
    """The number to call back; the door that shows it records a reading. None: none, or not seen."""
    rows = EventSignal.objects.filter(visible(by), pk=id).values_list("phone", flat=True)
    return rows.first() or None


def sign_counts(
    *, by: Actor, sign: str, commune: UUID | None = None, weeks: int = 26
) -> SignCounts:
    """How often a sign was told of, week by week in a commune, and where lately: two queries."""
    map_ = places.atlas()
    run = [Period.of("week", by.on)]
    while len(run) < weeks:
        run.insert(0, run[0].previous())
    rows = EventSignal.objects.filter(visible(by), sign=sign, seen_on__gte=run[0].start).exclude(
        state__in=("discarded", "duplicate")
    )
    counted: dict[date, int] = {}
    near: dict[UUID, int] = {}
    lately = by.on - timedelta(days=28)
    days = rows.values_list("commune_id", "seen_on").annotate(CountOf("id")).order_by()
    for born, day, n in days:
        here = map_.standing_for(born, by.on)
        if day > lately:
            near[here] = near.get(here, 0) + n
        if commune is None or here == commune:
            monday = day - timedelta(days=day.weekday())
            counted[monday] = counted.get(monday, 0) + n
    return SignCounts(run, [counted.get(week.start, 0) for week in run], near)


def signs_seen_by(*, by: Actor, source: str) -> list[Sign]:
    """The signs that somebody with such a source meets, in the order in which they are shown."""
    return [sign for sign in signs(by.on).values() if not source or source in sign.seen_by]


def _row(row: dict[str, Any]) -> EventRow:
    map_ = places.atlas()
    seen = row["seen_on"]
    commune = map_.full_name(row["commune_id"], seen)
    village = row["village_id"]
    return EventRow(
        id=row["id"],
        unit=row["unit_id"],
        unit_name=map_.full_name(row["unit_id"], seen),
        commune=row["commune_id"],
        commune_name=commune,
        village=village,
        place_name=f"{map_.full_name(village, seen)}, {commune}" if village else commune,
        facility_name=map_.full_name(row["facility_id"], seen) if row["facility_id"] else "",
        sign=row["sign"],
        source=row["source"],
        seen_on=seen,
        affected=row["affected"],
        deaths=row["deaths"],
        disease=row["disease"],
        callable=bool(row["phone"]),
        reporter=row["reporter"],
        link=row["link"],
        note=row["note"],
        author=row["author_id"],
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        state=row["state"],
        due_at=row["due_at"],
        late=tuple(row["late"].split()),
        screened_at=row["screened_at"],
        verified_at=row["verified_at"],
        how=row["how"],
        assessed_at=row["assessed_at"],
        risk=row["risk"],
        next_step=row["next_step"],
        duplicate_of=row["duplicate_of_id"],
        reason=row["reason"],
    )
