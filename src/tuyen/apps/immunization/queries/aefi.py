"""Adverse events with their clocks, and lots that are suspended or stand out."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count, Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import AdverseEvent, AefiStep, Dose, LotHold
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.engines.immunization.aefi import Clock, LotCount, LotSignal, clock, lot_signals
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.immunization import sessions as law

READ = "immunization.aefi.read"
SESSIONS = "immunization.session.read"
_decode = msgspec.json.decode


class AefiRow(NamedTuple):
    """An adverse event in a list; ``person`` is None where the reader may not read who it is."""

    id: UUID
    person_id: UUID
    person: PersonRow | None
    unit: UUID
    unit_name: str
    commune: UUID | None
    session: UUID | None
    lots: tuple[tuple[str, str], ...]
    doses: tuple[UUID, ...]
    kinds: tuple[str, ...]
    severity: tuple[str, ...]
    serious: bool
    grade: str
    outcome: str
    treatment: str
    story: str
    reporter: str
    onset_at: datetime
    noticed_at: datetime
    reported_at: datetime
    report_due_at: datetime | None
    department_at: datetime | None
    cdc_at: datetime | None
    investigate_due_at: datetime | None
    investigated_at: datetime | None
    council_due_on: date | None
    council_on: date | None
    causality: str
    conclusion: str
    concluded_at: datetime | None
    voided_at: datetime | None
    void_reason: str

    @property
    def told_at(self) -> datetime | None:
        """When both the department and the CDC had been told."""
        if self.department_at is None or self.cdc_at is None:
            return None
        return max(self.department_at, self.cdc_at)


class Step(NamedTuple):
    """One thing that was done about an event."""

    what: str
    who: str
    said: str
    on: date
    at: datetime
    author: UUID | None


class Clocks(NamedTuple):
    """The clocks of a serious event at a moment; each None where no law sets it."""

    report: Clock | None
    investigation: Clock | None
    council: Clock | None


class Hold(NamedTuple):
    """A suspension of a lot."""

    id: UUID
    vaccine: str
    lot: str
    product: str
    unit: UUID
    unit_name: str
    aefi: UUID | None
    reason: str
    since: date
    suspended_at: datetime
    lifted_at: datetime | None
    lifted_reason: str


def events(
    *, by: Actor, serious: bool | None = None, open_only: bool = False, limit: int = 200
) -> list[AefiRow]:
    """Adverse events that the reader may see, the latest first: five queries at most. The door that
    shows the names notes the reading."""
    rows = AdverseEvent.objects.filter(policies.scope(by, READ).where("unit_id"))
    if serious is not None:
        rows = rows.filter(serious=serious)
    if open_only:
        rows = rows.filter(concluded_at=None, voided_at=None)
    return _rows(by, list(rows.order_by("-reported_at", "id")[: max(1, min(limit, 1000))]))


def event(*, by: Actor, id: UUID) -> AefiRow | None:
    """One event, or None when there is none that the reader may see."""
    rows = AdverseEvent.objects.filter(policies.scope(by, READ).where("unit_id"), pk=id)
    return next(iter(_rows(by, list(rows))), None)


def steps(*, by: Actor, id: UUID) -> list[Step]:
    """What was done about an event, in order."""
    rows = AefiStep.objects.filter(policies.scope(by, READ).where("unit_id"), aefi_id=id)
    found = rows.order_by("at", "id").values_list("what", "who", "said", "on", "at", "author_id")
    return [Step(*row) for row in found]


def clocks(row: AefiRow, now: datetime) -> Clocks:
    """The clocks of a serious event as they stand."""
    council = None
    if row.council_due_on is not None:
        until = _end(row.council_due_on)
        done = _end(row.council_on) if row.council_on else None
        council = clock(until, 0, now, done)
    return Clocks(
        clock(row.report_due_at, 0, now, row.told_at) if row.report_due_at else None,
        clock(row.investigate_due_at, 0, now, row.investigated_at)
        if row.investigate_due_at
        else None,
        council,
    )


def holds(*, by: Actor, lifted: bool = False) -> list[Hold]:
    """Suspended lots, whoever suspended them: everybody who runs sessions must know. One query."""
    if not policies.scope(by, SESSIONS) and not policies.scope(by, READ):
        return []
    rows = LotHold.objects.all() if lifted else LotHold.objects.filter(lifted_at=None)
    map_ = registry.atlas()
    return [
        Hold(
            one.id, one.vaccine, one.lot, one.product, one.unit_id,
            map_.full_name(one.unit_id, one.since), one.aefi_id, one.reason, one.since,
            one.suspended_at, one.lifted_at, one.lifted_reason,
        )
        for one in rows.order_by("-suspended_at", "id")[:200]
    ]  # fmt: skip


def lots(*, by: Actor, on: date, days: int = 365) -> dict[str, list[LotSignal]]:
    """Vaccine -> its lots with doses, reports, and whether a lot stands out from the others, over
    the units that the reader may see. Two queries."""
    scope = policies.scope(by, READ)
    since = on - timedelta(days=days)
    given: dict[str, dict[str, int]] = defaultdict(dict)
    doses = Dose.objects.filter(
        scope.where("unit_id"), ~Q(lot=""), counted=True, source="given", given_on__gte=since,
        given_on__lte=on,
    )  # fmt: skip
    for vaccine, lot, count in (
        doses.order_by().values_list("vaccine", "lot").annotate(n=Count("pk"))
    ):
        given[vaccine][lot] = count
    reports, serious = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    told = AdverseEvent.objects.filter(
        scope.where("unit_id"), voided_at=None,
        reported_at__gte=datetime(since.year, since.month, since.day, tzinfo=VIETNAM),
    )  # fmt: skip
    for text, grave in told.values_list("lots", "serious"):
        for vaccine, lot in _decode(text or "[]"):
            given[vaccine].setdefault(lot, 0)
            reports[vaccine, lot] += 1
            serious[vaccine, lot] += grave
    limit, least = law.lot_signal(on)
    return {
        vaccine: lot_signals(
            [LotCount(lot, count, reports[vaccine, lot], serious[vaccine, lot])
             for lot, count in sorted(lots.items())], limit, least,
        )
        for vaccine, lots in sorted(given.items())
    }  # fmt: skip


def _end(day: date) -> datetime:
    """The end of a day: until then something due on it is in time."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(days=1)


def _rows(by: Actor, found: list[AdverseEvent]) -> list[AefiRow]:
    ids = {one.person_id for one in found}
    people = registry.people(by=by, ids=ids) if ids else {}
    map_ = registry.atlas()
    return [_row(one, people.get(one.person_id), map_) for one in found]


def _row(one: AdverseEvent, person: PersonRow | None, map_: Any) -> AefiRow:
    same = (
        "serious", "grade", "outcome", "treatment", "story", "reporter", "onset_at", "noticed_at",
        "reported_at", "report_due_at", "department_at", "cdc_at", "investigate_due_at",
        "investigated_at", "council_due_on", "council_on", "causality", "conclusion",
        "concluded_at", "voided_at", "void_reason",
    )  # fmt: skip
    return AefiRow(
        id=one.id, person_id=one.person_id, person=person, unit=one.unit_id,
        unit_name=map_.full_name(one.unit_id, one.reported_at.astimezone(VIETNAM).date()),
        commune=one.commune_id, session=one.session_id,
        lots=tuple((v, n) for v, n in _decode(one.lots or "[]")),
        doses=tuple(UUID(part) for part in one.doses.split(",") if part),
        kinds=tuple(filter(None, one.kinds.split(","))),
        severity=tuple(filter(None, one.severity.split(","))),
        **{name: getattr(one, name) for name in same},
    )  # fmt: skip
