"""The yearly ranked risks with their evidence, the plan, and who is on duty."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count as CountOf
from django.db.models import Q, Sum
from django.db.models.functions import ExtractYear

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places, series
from tuyen.apps.surveillance.models import (
    Alarm,
    Count,
    Duty,
    OutbreakPlace,
    PlanAction,
    RiskAssessment,
    RiskScore,
)
from tuyen.apps.surveillance.models import Outbreak as OutbreakRow
from tuyen.apps.surveillance.selection import COUNTS
from tuyen.rules import surveillance as diseases
from tuyen.rules.surveillance import preparedness as rules

PREPARED = "surveillance.preparedness.read"
PREPARE = "surveillance.preparedness.edit"
APPROVE = "surveillance.preparedness.approve"
YEARS = 5


class RiskEvidence(NamedTuple):
    """What the room's own counts say of a hazard in the unit's area."""

    years: tuple[int, ...]  # the five years before the one assessed
    cases: tuple[int, ...]  # in each
    this_year: int
    deaths: int  # of all those years
    epidemics: int  # alarms of the level of an epidemic
    outbreaks: int
    elsewhere: int  # cases in the rest of the province, in the same five years
    likelihood: int  # suggested
    impact: int  # suggested

    def told(self) -> dict[str, float | int | str | list[int]]:
        """As an operation keeps it."""
        return {
            "years": list(self.years), "cases": list(self.cases), "this_year": self.this_year,
            "deaths": self.deaths, "epidemics": self.epidemics, "outbreaks": self.outbreaks,
            "elsewhere": self.elsewhere,
        }  # fmt: skip


class RiskRow(NamedTuple):
    """A hazard of the assessment; a mark is None while nobody scored it."""

    hazard: str
    rank: int | None
    rank_before: int | None  # in last year's assessment
    likelihood: int | None
    impact: int | None
    factors: int | None
    capacity: int | None
    score: float | None
    score_before: float | None
    level: str
    note: str
    evidence: RiskEvidence | None  # None for a hazard that is no disease, or is not the reader's


class Assessment(NamedTuple):
    """The ranked risks of a unit in a year."""

    unit: UUID
    year: int
    state: str  # draft, approved; "" while there is none
    decided_on: date | None
    decided_by: str
    note: str
    method: rules.Method
    rows: list[RiskRow]  # scored ones, the gravest first
    others: list[RiskRow]  # not scored, the most likely first
    changed_at: Any


class ActionRow(NamedTuple):
    """An action of the plan."""

    id: UUID
    hazard: str
    text: str
    owner: str
    due: date
    state: str
    closed_on: date | None
    evidence: str
    overdue: bool


class DutyRow(NamedTuple):
    """Somebody on duty."""

    day: date
    shift: str
    place: int
    name: str
    phone: str
    role: str


class Rota(NamedTuple):
    """Who is on duty from a day on, and which days and nights have nobody."""

    first: date
    last: date
    duties: dict[tuple[date, str], list[DutyRow]]
    gaps: list[tuple[date, str]]


def assessment(*, by: Actor, unit: UUID, year: int) -> Assessment | None:
    """The risks of a unit in a year with their evidence; None when ``by`` may not read them. The
    number of queries does not grow with hazards."""
    if not policies.may(by, PREPARED, unit):
        return None
    head = RiskAssessment.objects.filter(unit_id=unit, year=year).first()
    scores = list(
        RiskScore.objects.filter(unit_id=unit, year__in=(year - 1, year)).order_by(
            "-score", "hazard"
        )
    )
    before = [row for row in scores if row.year == year - 1]
    rank_before = {row.hazard: n for n, row in enumerate(before, start=1)}
    score_before = {row.hazard: row.score for row in before}
    evidence = _evidence(by, unit, year)
    rows = [
        RiskRow(
            row.hazard, n, rank_before.get(row.hazard), row.likelihood, row.impact, row.factors,
            row.capacity, row.score, score_before.get(row.hazard), row.level, row.note,
            evidence.get(row.hazard),
        )
        for n, row in enumerate((r for r in scores if r.year == year), start=1)
    ]  # fmt: skip
    scored = {row.hazard for row in rows}
    others = [
        RiskRow(hazard, None, rank_before.get(hazard), None, None, None, None, None,
                score_before.get(hazard), "", "", evidence.get(hazard))
        for hazard in _hazards(evidence, rank_before) if hazard not in scored
    ]  # fmt: skip
    names = access.names({head.decided_by_id if head else None})
    return Assessment(
        unit, year, head.state if head else "", head.decided_on if head else None,
        names.get(head.decided_by_id, "") if head else "", head.note if head else "",
        rules.method(min(by.on, date(year, 12, 31))), rows, others,
        max((row.changed_at for row in scores if row.year == year), default=None),
    )  # fmt: skip


def _hazards(evidence: dict[str, RiskEvidence], before: Collection[str]) -> list[str]:
    """Everything worth a question: what was there last year, diseases by how likely, the rest."""
    likely = sorted(
        evidence,
        key=lambda h: (-evidence[h].likelihood * evidence[h].impact, -sum(evidence[h].cases), h),
    )
    return list(dict.fromkeys([*before, *likely, *rules.hazards()]))


def _evidence(by: Actor, unit: UUID, year: int) -> dict[str, RiskEvidence]:
    """By disease: cases, deaths, epidemics and outbreaks of the unit's area. Four queries."""
    scope = policies.scope(by, COUNTS)
    if not scope:
        return {}
    map_ = places.atlas()
    mine = places.communes_of(map_, unit, by.on, "guided") or places.communes_of(map_, unit, by.on)
    if map_.type(unit, by.on) in ("cdc", "department"):
        mine = [
            c
            for province in map_.provinces(by.on)
            for c in places.communes_of(map_, province, by.on)
        ]
    here = Q(commune_id__in=mine)
    years = tuple(range(year - YEARS, year))
    counted = (
        Count.objects.filter(scope.where("commune_id"), series.COUNTED,
                             day__gte=date(years[0], 1, 1), day__lte=min(by.on, date(year, 12, 31)))
        .order_by().annotate(year=ExtractYear("day")).values_list("disease", "year")
        .annotate(inside=Sum("cases", filter=here), all=Sum("cases"), died=Sum("deaths", filter=here))
    )  # fmt: skip
    cases: dict[str, dict[int, int]] = {}
    elsewhere: dict[str, int] = {}
    deaths: dict[str, int] = {}
    for disease, when, inside, everywhere, died in counted:
        cases.setdefault(disease, {})[when] = inside or 0
        if when != year:
            elsewhere[disease] = elsewhere.get(disease, 0) + everywhere - (inside or 0)
        deaths[disease] = deaths.get(disease, 0) + (died or 0)
    since = Q(since__gte=date(years[0], 1, 1))
    alarms = policies.scope(by, "surveillance.alarm.read").where("commune_id")
    epidemics = dict(
        Alarm.objects.filter(alarms, here, since, rule__startswith="EP").order_by()
        .values_list("disease").annotate(CountOf("id"))
    )  # fmt: skip
    of = OutbreakPlace.objects.filter(
        policies.scope(by, "surveillance.outbreak.read").where("commune_id"), here
    ).values("outbreak_id")
    outbreaks = dict(
        OutbreakRow.objects.filter(since, pk__in=of).order_by().values_list("disease").annotate(CountOf("id"))
    )  # fmt: skip
    found = {}
    listed = {one.id for one in diseases.diseases(min(by.on, date(year, 12, 31)))}
    for disease in {*cases, *listed}:
        counts = tuple(cases.get(disease, {}).get(y, 0) for y in years)
        found[disease] = RiskEvidence(
            years, counts, cases.get(disease, {}).get(year, 0), deaths.get(disease, 0),
            epidemics.get(disease, 0), outbreaks.get(disease, 0), elsewhere.get(disease, 0),
            rules.suggested_likelihood(sum(c > 0 for c in counts), by.on),
            rules.suggested_impact(diseases.group(disease, by.on), by.on),
        )  # fmt: skip
    return found


def actions(*, by: Actor, unit: UUID, year: int, on: date) -> list[ActionRow]:
    """The plan of a unit and year: what is overdue first, then by day; closed ones last."""
    if not policies.may(by, PREPARED, unit):
        return []
    found = PlanAction.objects.filter(unit_id=unit, year=year).order_by("due", "id")
    rows = [
        ActionRow(row.id, row.hazard, row.text, row.owner, row.due, row.state, row.closed_on,
                  row.evidence, row.state == "open" and row.due < on)
        for row in found
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.state != "open", not row.overdue))


def rota(*, by: Actor, unit: UUID, first: date, last: date) -> Rota | None:
    """Who is on duty at a unit on each day and in each night; None when ``by`` may not read it."""
    if not policies.may(by, PREPARED, unit):
        return None
    rows = Duty.objects.filter(unit_id=unit, day__gte=first, day__lte=last)
    duties: dict[tuple[date, str], list[DutyRow]] = {}
    for row in rows.order_by("day", "shift", "place"):
        duties.setdefault((row.day, row.shift), []).append(
            DutyRow(row.day, row.shift, row.place, row.name, row.phone, row.role)
        )
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    gaps = [(day, shift) for day in days for shift in rules.SHIFTS if (day, shift) not in duties]
    return Rota(first, last, duties, gaps)
