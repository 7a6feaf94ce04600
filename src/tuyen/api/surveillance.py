"""Cases, counts and alarms, for programs. Cases come in as operations, by the journal's door."""

from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

import msgspec
from django.utils.translation import gettext

from tuyen.api.door import BadRequest, NotFound, endpoint, number, one, takes
from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import exports, queries
from tuyen.apps.surveillance.operations import Classification, Outcome, Source
from tuyen.apps.surveillance.queries import NO_OUTCOME, CaseFilters
from tuyen.apps.surveillance.queries.alarms import State
from tuyen.kernel.period import Kind

_STATES = ("reported", "relevant", "real", "assessed", "discarded", "duplicate")
_OUTCOMES = (*get_args(Outcome), NO_OUTCOME)


class CaseOut(msgspec.Struct, frozen=True):
    """A case as the line list shows it."""

    id: UUID
    disease: str
    classification: str
    sex: str
    age: int | None
    onset_on: date
    diagnosed_on: date
    reported_at: datetime
    due_at: datetime
    late: bool
    outcome: str
    name: str
    commune: UUID
    commune_name: str
    village: UUID | None
    unit: UUID
    unit_name: str
    revision: int
    voided: bool
    masked: bool
    """Whose case it is is told only for a purpose: send it in the header Tuyen-Purpose."""


class CasesOut(msgspec.Struct, frozen=True):
    total: int
    page: int
    pages: int
    cases: list[CaseOut]


class CountOut(msgspec.Struct, frozen=True):
    """One number. ``lower`` and ``upper`` bound it where a split commune makes it uncertain;
    ``complete`` is the share of weekly reports due that came, null where none was due."""

    commune: UUID
    key: dict[str, Any]
    period: str
    cases: int
    deaths: int
    lower: int
    upper: int
    complete: float | None


class CountsOut(msgspec.Struct, frozen=True):
    map_on: date
    as_of: datetime | None
    position: int
    counts: list[CountOut]


class AlarmOut(msgspec.Struct, frozen=True):
    """An alarm with its sentence in the caller's language and the numbers behind it."""

    id: UUID
    rule: str
    level: str
    disease: str
    commune: UUID
    commune_name: str
    period: str
    observed: int
    expected: float | None
    bound: float | None
    state: str
    raised_at: datetime
    due_at: datetime
    closed_on: date | None
    sentence: str
    figures: dict[str, Any]
    p_value: float | None
    """How often a quiet week of its like looks as much like an outbreak."""
    false_share: float | None
    """The chance that it is false, null where that was not learnt."""
    q_value: float | None
    below: str
    """What keeps it from ringing: share, budget, or nothing."""


class AlarmsOut(msgspec.Struct, frozen=True):
    total: int
    page: int
    pages: int
    alarms: list[AlarmOut]


class SignalOut(msgspec.Struct, frozen=True):
    """An event signal as it stands; who told, their number and their words are at the console."""

    id: UUID
    sign: str
    source: str
    seen_on: date
    commune: UUID
    commune_name: str
    village: UUID | None
    unit: UUID
    unit_name: str
    affected: int | None
    deaths: int
    disease: str
    state: str
    received_at: datetime
    due_at: datetime | None
    late: list[str]
    """Steps that were taken after their clock."""
    screened_at: datetime | None
    verified_at: datetime | None
    assessed_at: datetime | None
    risk: str
    next_step: str
    duplicate_of: UUID | None


class SignalsOut(msgspec.Struct, frozen=True):
    total: int
    page: int
    pages: int
    signals: list[SignalOut]


@endpoint("GET", right="surveillance.case.read", answer=CasesOut)
@takes(disease="string", area="uuid", unit="uuid", first="date", last="date", reported_first="date",
       reported_last="date", classification="string", outcome="string", late="boolean", q="string",
       names="boolean", page="integer", size="integer")  # fmt: skip
def cases(by: Actor, query: Any) -> CasesOut:
    """The line list of the caller's units; what is read is written down.

    ``first`` and ``last`` are days of onset, ``reported_first`` and ``reported_last`` days of the
    report in Vietnam; ``outcome`` is one or several of those of a case report, or none for cases
    whose outcome is not told yet. With ``names=false`` nothing tells whose case it is, and nothing
    counts as read of named people; with names a program reads so much within a day, and what is
    beyond it is an export that a second person agrees to (``/api/v1/exports``).
    """
    outcomes, classes = query.getlist("outcome"), query.getlist("classification")
    for word in outcomes:
        _known("outcome", word, _OUTCOMES)
    for word in classes:
        _known("classification", word, get_args(Classification))
    filters = CaseFilters(
        diseases=tuple(query.getlist("disease")), area=one(query, "area", UUID),
        unit=one(query, "unit", UUID), first=one(query, "first", date),
        last=one(query, "last", date), reported_first=one(query, "reported_first", date),
        reported_last=one(query, "reported_last", date), classifications=tuple(classes),
        outcomes=tuple(outcomes), late=one(query, "late", bool),
        text=query.get("q", "")[:100],
    )  # fmt: skip
    page = queries.line_list(
        by=by, filters=filters, page=number(query, "page", default=1, least=1, most=10**6),
        size=number(query, "size", default=50, least=1, most=500),
    )  # fmt: skip
    rows = page.rows
    if one(query, "names", bool, True):
        services.record_readings(
            by=by, subject="surveillance.case", ids=[row.id for row in rows], at=clock.now()
        )
    else:
        rows = [exports.unnamed(row) for row in rows]
    return CasesOut(page.total, page.page, page.pages, [case_out(row) for row in rows])


@endpoint("GET", right="surveillance.case.read", answer=CaseOut)
def case(by: Actor, query: Any, id: UUID) -> CaseOut:
    """One case."""
    found = queries.case(by=by, id=id)
    if found is None:
        raise NotFound()
    services.record_readings(by=by, subject="surveillance.case", ids=[id], at=clock.now())
    return case_out(found.row)


@endpoint("GET", right="surveillance.counts.read", answer=CountsOut)
@takes(period="string", first="date", last="date", map_on="date", disease="string", area="uuid",
       split="string")  # fmt: skip
def counts(by: Actor, query: Any) -> CountsOut:
    """Cases by period, commune and ``split`` (disease, age_band, sex, classification), on the map
    of ``map_on``: always as current as the journal."""
    kind = query.get("period", "") or "week"
    split = query.getlist("split") or ["disease"]
    _known("period", kind, get_args(Kind))
    for word in split:
        _known("split", word, ("disease", "age_band", "sex", "classification"))
    first, last = one(query, "first", date), one(query, "last", date)
    if first is None or last is None or not first <= last or (last - first).days > 3700:
        raise BadRequest(what="give first and last as dates, first before last, ten years at most")
    if kind == "day" and (last - first).days > 366:
        raise BadRequest(what="days are given for one year at a time; ask for weeks or months")
    table = queries.counts(
        by=by, kind=kind, first=first, last=last, map_on=one(query, "map_on", date),  # type: ignore[arg-type]
        diseases=query.getlist("disease"), area=one(query, "area", UUID), split=split,
    )  # fmt: skip
    rows = [
        CountOut(c.commune, dict(zip(table.split, c.key, strict=True)), c.period.label, c.cases,
                 c.deaths, c.lower, c.upper, c.complete)
        for c in table.cells()
    ]  # fmt: skip
    return CountsOut(table.map_on, table.as_of, table.position, rows)


@endpoint("GET", right="surveillance.alarm.read", answer=AlarmsOut)
@takes(open="boolean", closed="boolean", overdue="boolean", owner="uuid", rule="string",
       state="string", disease="string", area="uuid", unit="uuid", since="date", order="string",
       page="integer", size="integer")  # fmt: skip
def alarms(by: Actor, query: Any) -> AlarmsOut:
    """Alarms of the caller's units, newest first; ``rule`` takes a code or its beginning.

    ``overdue`` are those that nobody has answered in time; ``unit`` takes a facility, for the
    communes it serves or guides, or an area; ``since`` leaves out alarms whose period had ended
    before that day; ``order`` is newest, gravest or due.
    """
    order, states = query.get("order", "") or "newest", query.getlist("state")
    _known("order", order, get_args(queries.AlarmOrder))
    for word in states:
        _known("state", word, get_args(State))
    page = queries.alarms(
        by=by, rules_=query.getlist("rule"), diseases=query.getlist("disease"), states=states,
        area=one(query, "area", UUID), unit=one(query, "unit", UUID),
        owner=one(query, "owner", UUID), open_only=one(query, "open", bool, False),
        closed=one(query, "closed", bool), since=one(query, "since", date),
        overdue_at=clock.now() if one(query, "overdue", bool, False) else None,
        order=order,  # type: ignore[arg-type]
        page=number(query, "page", default=1, least=1, most=10**6),
        size=number(query, "size", default=50, least=1, most=500),
    )  # fmt: skip
    return AlarmsOut(page.total, page.page, page.pages, [_alarm(row) for row in page.rows])


@endpoint("GET", right="surveillance.signal.read", answer=SignalsOut)
@takes(state="string", sign="string", source="string", disease="string", area="uuid", first="date",
       last="date", overdue="boolean", page="integer", size="integer")  # fmt: skip
def signals(by: Actor, query: Any) -> SignalsOut:
    """Event signals of the caller's places, and what its units told, newest first.

    ``state`` is reported, relevant, real, assessed, discarded or duplicate; ``first`` and ``last``
    are days on which they were seen; ``overdue`` are those whose next step is past its clock.
    """
    states, sources = query.getlist("state"), query.getlist("source")
    for word in states:
        _known("state", word, _STATES)
    for word in sources:
        _known("source", word, get_args(Source))
    page = queries.event_page(
        by=by, states=states, signs=query.getlist("sign"), sources=sources,
        diseases=query.getlist("disease"), area=one(query, "area", UUID),
        first=one(query, "first", date), last=one(query, "last", date),
        overdue_at=clock.now() if one(query, "overdue", bool, False) else None,
        page=number(query, "page", default=1, least=1, most=10**6),
        size=number(query, "size", default=50, least=1, most=500),
    )  # fmt: skip
    return SignalsOut(page.total, page.page, page.pages, [_signal(row) for row in page.rows])


def _signal(row: queries.EventRow) -> SignalOut:
    return SignalOut(
        id=row.id, sign=row.sign, source=row.source, seen_on=row.seen_on, commune=row.commune,
        commune_name=row.commune_name, village=row.village, unit=row.unit,
        unit_name=row.unit_name, affected=row.affected, deaths=row.deaths, disease=row.disease,
        state=row.state, received_at=row.received_at, due_at=row.due_at, late=list(row.late),
        screened_at=row.screened_at, verified_at=row.verified_at, assessed_at=row.assessed_at,
        risk=row.risk, next_step=row.next_step, duplicate_of=row.duplicate_of,
    )  # fmt: skip


def _known(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadRequest(what=f"{name} is {value[:40]!r}; expected one of {', '.join(known)}")


def case_out(row: queries.CaseRow) -> CaseOut:
    """A line of the list as programs get it."""
    return CaseOut(
        id=row.id, disease=row.disease, classification=row.classification, sex=row.sex,
        age=row.age, onset_on=row.onset_on, diagnosed_on=row.diagnosed_on,
        reported_at=row.reported_at, due_at=row.due_at, late=row.late, outcome=row.outcome,
        name=row.name, commune=row.commune, commune_name=row.commune_name, village=row.village,
        unit=row.unit, unit_name=row.unit_name, revision=row.revision,
        voided=row.voided_at is not None, masked=row.masked,
    )  # fmt: skip


def _alarm(row: queries.AlarmRow) -> AlarmOut:
    return AlarmOut(
        id=row.id, rule=row.rule, level=row.level, disease=row.disease, commune=row.commune,
        commune_name=row.commune_name, period=row.period, observed=row.observed,
        expected=row.expected, bound=row.bound, state=row.state, raised_at=row.raised_at,
        due_at=row.due_at, closed_on=row.closed_on, sentence=row.sentence.text(gettext),
        figures=row.figures, p_value=row.pvalue, false_share=row.false_share,
        q_value=row.qvalue, below=row.below,
    )  # fmt: skip
