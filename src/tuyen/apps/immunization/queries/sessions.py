"""Sessions, and who stands where in one of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import (
    CampaignDay,
    Dose,
    ExpectedAt,
    Screening,
    Session,
    SessionVials,
    Visit,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.rules.immunization.screening import limits

READ = "immunization.session.read"
_decode = msgspec.json.decode


class Vials(NamedTuple):
    """Vials of a lot that were planned for a session."""

    vaccine: str
    lot: str
    vials: int
    size: int


class SessionRow(NamedTuple):
    """A session with its counts: people expected, arrived, still there, and given a dose."""

    id: UUID
    unit: UUID
    unit_name: str
    kind: str
    programme: str
    campaign: str
    day: date
    starts: str
    place: UUID | None
    place_name: str
    tables: int
    team: tuple[str, ...]
    vials: tuple[Vials, ...]
    note: str
    state: str
    opened_at: datetime | None
    ended_at: datetime | None
    stopped_at: datetime | None
    reason: str
    closing: str
    expected: int
    arrived: int
    here: int
    vaccinated: int

    @property
    def running(self) -> bool:
        return self.state in ("open", "stopped")


class Spoken(NamedTuple):
    """A reason of an examination: its rule, what follows, for which vaccines, when to come back."""

    rule: str
    outcome: str
    vaccines: tuple[str, ...]
    return_on: date | None


class VisitRow(NamedTuple):
    """Somebody at a session. ``doses`` are (vaccine, lot, moment); ``until`` is when the observation
    ends. ``person`` is None where the reader may not read who it is."""

    id: UUID
    number: int
    person_id: UUID
    person: PersonRow | None
    state: str
    wanted: tuple[str, ...]
    cleared: tuple[str, ...]
    arrived_at: datetime
    screened_at: datetime | None
    observed_from: datetime | None
    until: datetime | None
    left_at: datetime | None
    early: str
    well: bool
    return_on: date | None
    doses: tuple[tuple[str, str, datetime], ...]
    reasons: tuple[Spoken, ...]
    deferred: str
    temperature: float | None


class ExpectedRow(NamedTuple):
    """Somebody who is expected; ``visit`` is how far they came, "" before they arrive."""

    person_id: UUID
    person: PersonRow | None
    vaccines: tuple[str, ...]
    state: str


class Desk(NamedTuple):
    """A session with everybody at it, in the order of their numbers."""

    row: SessionRow
    visits: tuple[VisitRow, ...]
    expected: tuple[ExpectedRow, ...]

    def lane(self, *states: str) -> list[VisitRow]:
        return [one for one in self.visits if one.state in states]


class VialRow(NamedTuple):
    """What became of the vials of a lot at a session, in vials but ``given``, in doses."""

    vaccine: str
    lot: str
    size: int
    taken: int
    opened: int
    kept_open: int
    discarded: int
    returned: int
    given: int

    @property
    def wasted_open(self) -> int:
        """Doses of vials used up that nobody got."""
        return max(0, self.opened * self.size - self.given)

    @property
    def wasted_closed(self) -> int:
        return self.discarded * self.size

    @property
    def missing(self) -> int:
        return self.taken - self.opened - self.kept_open - self.discarded - self.returned


class CampaignRow(NamedTuple):
    """The report of a campaign's day."""

    id: UUID
    unit: UUID
    unit_name: str
    campaign: str
    day: date
    figures: dict[str, Any]
    note: str
    due_at: datetime
    reported_at: datetime

    @property
    def late(self) -> bool:
        return self.reported_at > self.due_at


def sessions(
    *, by: Actor, first: date, last: date, unit: UUID | None = None, limit: int = 200
) -> list[SessionRow]:
    """Sessions of a span of days that the reader may see, the latest first: four queries."""
    rows = Session.objects.filter(policies.scope(by, READ).where("unit_id"))
    rows = rows.filter(day__gte=first, day__lte=last)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    return _rows(list(rows.order_by("-day", "starts", "id")[: max(1, min(limit, 1000))]))


def session(*, by: Actor, id: UUID) -> SessionRow | None:
    """One session, or None when there is none that the reader may see."""
    rows = Session.objects.filter(policies.scope(by, READ).where("unit_id"), pk=id)
    return next(iter(_rows(list(rows))), None)


def desk(*, by: Actor, id: UUID) -> Desk | None:
    """A session with its queue and those who have not come yet. The door that shows it notes the
    reading of the names. A constant number of queries, also for 300 people."""
    row = session(by=by, id=id)
    if row is None:
        return None
    visits = list(Visit.objects.filter(session_id=id).order_by("number"))
    hoped = list(ExpectedAt.objects.filter(session_id=id))
    ids = {one.person_id for one in visits} | {one.person_id for one in hoped}
    people = registry.people(by=by, ids=ids) if ids else {}
    doses: dict[UUID, list[tuple[str, str, datetime]]] = defaultdict(list)
    given = Dose.objects.filter(session_id=id, voided_at=None).order_by("received_at", "vaccine")
    for person, vaccine, lot, at, received in given.values_list(
        "person_id", "vaccine", "lot", "injected_at", "received_at"
    ):
        doses[person].append((vaccine, lot, at or received))
    examined = {
        one.visit_id: one
        for one in Screening.objects.filter(session_id=id).order_by("screened_at", "id")
    }
    minutes = timedelta(minutes=limits(row.day).observation)
    shown = tuple(
        _visit(one, people.get(one.person_id), doses, examined.get(one.id), minutes)
        for one in visits
    )
    came = {one.person_id: one.state for one in visits}
    expected = [
        ExpectedRow(
            one.person_id, people.get(one.person_id), _parted(one.vaccines),
            came.get(one.person_id, ""),
        )
        for one in hoped
    ]  # fmt: skip
    expected.sort(key=lambda one: (one.person.village if one.person else "",
                                   one.person.name if one.person else "", one.person_id))  # fmt: skip
    return Desk(row, shown, tuple(expected))


def vials(*, by: Actor, id: UUID) -> list[VialRow]:
    """The balance of a closed session; empty before it is closed or where the reader may not."""
    if session(by=by, id=id) is None:
        return []
    rows = SessionVials.objects.filter(session_id=id).order_by("vaccine", "lot")
    return [VialRow(*row) for row in rows.values_list(*VialRow._fields)]


def given_at(*, by: Actor, id: UUID) -> Counter[tuple[str, str]]:
    """(vaccine, lot) -> doses on record at a session that the reader may see."""
    if session(by=by, id=id) is None:
        return Counter()
    rows = Dose.objects.filter(session_id=id, voided_at=None)
    return Counter(rows.values_list("vaccine", "lot"))


def campaign_days(*, by: Actor, first: date, last: date) -> list[CampaignRow]:
    """Reports of campaigns' days, the latest first: one query."""
    rows = CampaignDay.objects.filter(
        policies.scope(by, READ).where("unit_id"), day__gte=first, day__lte=last
    )
    map_ = registry.atlas()
    return [
        CampaignRow(
            one.id, one.unit_id, map_.full_name(one.unit_id, one.day), one.campaign, one.day,
            _decode(one.figures), one.note, one.due_at, one.reported_at,
        )
        for one in rows.order_by("-day", "campaign", "id")[:200]
    ]  # fmt: skip


def _rows(found: list[Session]) -> list[SessionRow]:
    """Rows with their counts: three queries whatever their number."""
    ids = {one.id for one in found}
    if not ids:
        return []
    map_ = registry.atlas()
    hoped = _counted(ExpectedAt.objects.filter(session_id__among=ids).values_list("session_id"))
    came, here = Counter[UUID](), Counter[UUID]()
    for session_id, state in Visit.objects.filter(session_id__among=ids).values_list(
        "session_id", "state"
    ):
        came[session_id] += 1
        here[session_id] += state != "left"
    given = Dose.objects.filter(session_id__among=ids, voided_at=None)
    people = Counter(s for s, _ in set(given.values_list("session_id", "person_id")))
    return [
        SessionRow(
            id=one.id, unit=one.unit_id, unit_name=map_.full_name(one.unit_id, one.day),
            kind=one.kind, programme=one.programme, campaign=one.campaign, day=one.day,
            starts=one.starts, place=one.place_id,
            place_name=one.place_name
            or (map_.full_name(one.place_id, one.day) if one.place_id else ""),
            tables=one.tables, team=tuple(_decode(one.team or "[]")),
            vials=tuple(
                Vials(v["vaccine"], v["lot"], v["vials"], v["size"])
                for v in _decode(one.vials or "[]")
            ),
            note=one.note, state=one.state, opened_at=one.opened_at, ended_at=one.ended_at,
            stopped_at=one.stopped_at, reason=one.reason, closing=one.closing,
            expected=hoped[one.id], arrived=came[one.id], here=here[one.id],
            vaccinated=people[one.id],
        )
        for one in found
    ]  # fmt: skip


def _visit(
    one: Visit, person: PersonRow | None,
    doses: dict[UUID, list[tuple[str, str, datetime]]], examined: Screening | None,
    minutes: timedelta,
) -> VisitRow:  # fmt: skip
    last = one.left_at
    mine = [
        dose for dose in doses.get(one.person_id, ())
        if dose[2] >= one.arrived_at and (last is None or dose[2] <= last)
    ]  # fmt: skip
    since = one.observed_from
    return VisitRow(
        one.id, one.number, one.person_id, person, one.state, _parted(one.wanted),
        _parted(one.cleared), one.arrived_at, one.screened_at, since,
        since + minutes if since else None, last, one.early, one.well, one.return_on, tuple(mine),
        _reasons(examined), examined.deferred if examined else "",
        examined.temperature if examined else None,
    )  # fmt: skip


def _reasons(examined: Screening | None) -> tuple[Spoken, ...]:
    if examined is None:
        return ()
    told = _decode(examined.reasons, type=list[dict[str, Any]])
    return tuple(
        Spoken(
            one["rule"], one["outcome"], tuple(one["vaccines"]),
            date.fromisoformat(one["return_on"]) if one["return_on"] else None,
        )
        for one in told
    )  # fmt: skip


def _counted(rows: Iterable[tuple[UUID]]) -> Counter[UUID]:
    return Counter(id for (id,) in rows)


def _parted(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
