"""Projects as they are read: what was decided, how the money stands, what it bought."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.governance import places, planning, standing
from tuyen.apps.governance.models import Disbursement, Progress, Project, ProjectVersion
from tuyen.apps.governance.operations import LineLevel, ProjectPlan, SiteLevels
from tuyen.apps.governance.queries.stored import plan_of
from tuyen.engines.governance import spending
from tuyen.engines.governance.spending import Bought, SourceYear, Standing, Year
from tuyen.rules import governance as rules

READ, PROPOSE = "governance.project.read", "governance.project.propose"
APPROVE, RECORD = "governance.project.approve", "governance.money.record"
BILLION = Decimal(1_000_000_000)


class ProjectRow(NamedTuple):
    """A project in the list. ``state``: proposed, running, refused, closed; ``waits`` where a version
    waits for its answer. ``flag``: "", slow, late. ``group``: class A, B or C by its total."""

    id: UUID
    unit: UUID
    unit_name: str
    state: str
    waits: bool
    plan: ProjectPlan
    money: Standing
    flag: str
    group: str
    sites: int
    last_paid: date | None

    @property
    def said(self) -> str:
        """The word that the total came with: over, where any of its amounts did."""
        words = {one.said for one in self.plan.funding}
        return words.pop() if len(words) == 1 else "over" if "over" in words else "exact"


class SourceLine(NamedTuple):
    """What a source gives and has paid, VND."""

    source: str
    amount: Decimal
    said: str
    foreign: Decimal | None
    currency: str
    rate: Decimal | None
    paid: Decimal

    @property
    def left(self) -> Decimal:
        return self.amount - self.paid


class VersionRow(NamedTuple):
    id: UUID
    number: int
    state: str
    total: Decimal
    plan: ProjectPlan
    reason: str
    answer: str
    proposed_on: date
    author: str
    author_id: UUID | None
    answered_on: date | None
    answered_by: str


class StageRow(NamedTuple):
    """A stage: planned days, how far it is, and whether its last day has gone without it."""

    stage: str
    since: date | None
    until: date | None
    percent: int | None
    on: date | None
    late: bool


class ProgressRow(NamedTuple):
    id: UUID
    stage: str
    percent: int
    contract: str
    contractor: str
    value: Decimal | None
    note: str
    on: date
    author: str


class PaymentRow(NamedTuple):
    id: UUID
    source: str
    amount: Decimal
    voucher: str
    year: int
    on: date
    state: str
    reason: str
    note: str
    author: str


class ProjectPage(NamedTuple):
    row: ProjectRow
    sources: Sequence[SourceLine]
    years: Sequence[Year]
    split: Sequence[SourceYear]  # by source and year; nothing where no payment is planned by source
    curve: Sequence[tuple[str, Decimal, Decimal]]  # month, planned and paid up to its end
    stages: Sequence[StageRow]
    progress: Sequence[ProgressRow]
    payments: Sequence[PaymentRow]
    versions: Sequence[VersionRow]
    note: str

    @property
    def waiting(self) -> VersionRow | None:
        return next((one for one in self.versions if one.state == "waits"), None)


class SiteBought(NamedTuple):
    """A site before and after: ``lines`` as (line, level before, level after)."""

    unit: UUID
    name: str
    bought: Bought
    lines: Sequence[tuple[str, str, str]]
    cost: Decimal
    visits: tuple[int, int] | None


class BoughtPage(NamedTuple):
    """What the money brought so far, or (``closed``) brought. ``visits`` over ``days`` before it began
    and the last ones; None where the reader's post does not open them, or it has not run so long."""

    row: ProjectRow
    since: date
    until: date
    closed: bool
    sites: Sequence[SiteBought]
    total: Bought
    per_billion: float | None
    days: int
    visits: tuple[int, int] | None


def projects(*, by: Actor, on: date) -> list[ProjectRow]:
    """Projects that the reader may see, those that wait first, then slow and late ones. Three queries."""
    found = list(Project.objects.all())
    plans = _plans(by, found)
    seen = [one for one in found if one.pk in plans]
    payments = _payments([one.pk for one in seen])
    rows = [_row(one, *plans[one.pk], payments[one.pk], on) for one in seen]
    return sorted(rows, key=lambda row: (
        not row.waits, row.state != "running", not row.flag, -row.money.total, row.plan.name,
    ))  # fmt: skip


def _plans(by: Actor, found: Sequence[Project]) -> dict[UUID, tuple[ProjectPlan, bool]]:
    """Project -> the plan in force (else the last proposed), and whether another waits; of those
    that the reader may see. One query."""
    told: dict[UUID, tuple[ProjectPlan, bool]] = {}
    versions: dict[UUID, list[ProjectVersion]] = defaultdict(list)
    for row in _versions(by, [one.pk for one in found]):
        versions[row.project_id].append(row)
    for one in found:
        mine = versions[one.pk]
        held = [row for row in mine if one.version_id is None or row.pk == one.version_id]
        if held:
            told[one.pk] = (plan_of(held[-1].plan), any(row.state == "waits" for row in mine))
    return told


def _versions(by: Actor, projects: Sequence[UUID]) -> list[ProjectVersion]:
    """The versions that the reader may see, the oldest first: over the unit that owns the project,
    or over a site that the version works on. The row policies of PostgreSQL say the same."""
    scope = policies.scope(by, READ)
    rows = ProjectVersion.objects.filter(project_id__among=set(projects)).order_by("number")
    return [
        row for row in rows
        if scope.covers(row.unit_id)
        or any(scope.covers(UUID(work["site"])) for work in row.plan["works"])
    ]  # fmt: skip


def _payments(ids: Sequence[UUID]) -> dict[UUID, list[tuple[date, Decimal]]]:
    found: dict[UUID, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = Disbursement.objects.filter(project_id__among=set(ids), state="standing")
    for project, day, amount in rows.order_by("on").values_list("project_id", "on", "amount"):
        found[project].append((day, amount))
    return found


def _row(
    one: Project, plan: ProjectPlan, waits: bool, payments: Sequence[tuple[date, Decimal]], on: date
) -> ProjectRow:
    total = planning.total(plan)
    money = spending.standing(total, planning.by_month(plan), payments, plan.starts, plan.ends, on)
    flag = money.flag(float(rules.term("slow", on)), on, plan.ends)
    a, b = (Decimal(str(rules.term(key, on))) * BILLION for key in ("group_a", "group_b"))
    return ProjectRow(
        one.pk, one.unit_id, places.name(one.unit_id, on), one.state, waits, plan, money,
        flag if one.state == "running" else "", "A" if total >= a else "B" if total >= b else "C",
        len({work.site for work in plan.works}), max((day for day, _ in payments), default=None),
    )  # fmt: skip


def _found(by: Actor, id: UUID) -> tuple[Project, ProjectPlan, bool] | None:
    one = Project.objects.filter(pk=id).first()
    if one is None:
        return None
    plans = _plans(by, [one])
    return (one, *plans[id]) if plans else None


def project(*, by: Actor, id: UUID, on: date) -> ProjectPage | None:
    """One project with its money, stages and versions; None out of reach. Six queries."""
    found = _found(by, id)
    if found is None:
        return None
    one, plan, waits = found
    paid = list(Disbursement.objects.filter(project_id=id).order_by("-on", "-changed_at", "id"))
    done = list(Progress.objects.filter(project_id=id, on__lte=on).order_by("-on", "-id"))
    versions = _versions(by, [id])[::-1]
    names = access.names({
        *(row.author_id for row in paid), *(row.author_id for row in done),
        *(row.author_id for row in versions), *(row.answered_by_id for row in versions),
    })  # fmt: skip
    told = [row for row in paid if row.state == "standing" and row.on <= on]
    planned = planning.by_month(plan)
    payments = [(row.on, row.amount) for row in told]
    return ProjectPage(
        _row(one, plan, waits, payments, on), _sources(plan, told),
        spending.by_year(planned, [(row.year, row.amount) for row in told]),
        spending.by_source(planning.planned_of(plan), [(row.source, row.year, row.amount) for row in told]),
        _curve(planned, payments, on), _stages(plan, done, on),
        [ProgressRow(r.pk, r.stage, r.percent, r.contract, r.contractor, r.value, r.note, r.on,
                     names.get(r.author_id, "")) for r in done],
        [PaymentRow(r.pk, r.source, r.amount, r.voucher, r.year, r.on, r.state, r.reason, r.note,
                    names.get(r.author_id, "")) for r in paid],
        [_version(row, names) for row in versions], one.note,
    )  # fmt: skip


def _version(row: ProjectVersion, names: Mapping[Any, str]) -> VersionRow:
    return VersionRow(
        row.pk, row.number, row.state, row.total, plan_of(row.plan), row.reason, row.answer,
        row.proposed_on, names.get(row.author_id, ""), row.author_id, row.answered_on,
        names.get(row.answered_by_id, "") if row.answered_on else "",
    )  # fmt: skip


def _sources(plan: ProjectPlan, paid: Sequence[Disbursement]) -> list[SourceLine]:
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for row in paid:
        spent[row.source] += row.amount
    return [
        SourceLine(one.source, one.amount, one.said, one.foreign, one.currency, one.rate,
                   spent[one.source])
        for one in plan.funding
    ]  # fmt: skip


def _curve(
    planned: Mapping[str, Decimal], payments: Sequence[tuple[date, Decimal]], on: date
) -> list[tuple[str, Decimal, Decimal]]:
    months = sorted(set(planned) | {f"{day:%Y-%m}" for day, _ in payments})
    rows, plan, paid = [], Decimal(0), Decimal(0)
    for month in months:
        plan += planned.get(month, Decimal(0))
        paid += sum((amount for day, amount in payments if f"{day:%Y-%m}" == month), Decimal(0))
        rows.append((month, plan, paid))
    return rows


def _stages(plan: ProjectPlan, done: Sequence[Progress], on: date) -> list[StageRow]:
    planned = {one.stage: one for one in plan.phases}
    last = {row.stage: row for row in reversed(done)}
    rows = []
    for stage in rules.stages():
        phase, row = planned.get(stage), last.get(stage)
        if phase is None and row is None:
            continue
        percent = row.percent if row else None
        late = phase is not None and phase.until < on and percent != 100
        rows.append(StageRow(
            stage, phase.since if phase else None, phase.until if phase else None, percent,
            row.on if row else None, late,
        ))  # fmt: skip
    return rows


def frozen(*, by: Actor, sites: Sequence[UUID], on: date) -> tuple[SiteLevels, ...]:
    """How ready sites are on a day, as an operation carries it, for who decides about projects."""
    policies.check(by, APPROVE)
    told = standing.facts(by=by, on=on, map_on=on)
    return tuple(
        SiteLevels(site=site, lines=tuple(
            LineLevel(line=cell.line, level=cell.level)  # type: ignore[arg-type]
            for cell in standing.cells(site, told)
        ))
        for site in dict.fromkeys(sites)
    )  # fmt: skip


def bought(*, by: Actor, id: UUID, on: date) -> BoughtPage | None:
    """What the money of a project brought: its sites before and now, or before and when it was closed.
    None where it never was approved, or is out of reach."""
    found = _found(by, id)
    if found is None:
        return None
    one, plan, waits = found
    if one.baseline_on is None:
        return None
    since, until = one.baseline_on, one.closed_on or on
    row = _row(one, plan, waits, _payments([id])[id], on)
    closed = one.state == "closed"
    now = one.outcome if closed else _levels_now(by, one, on)
    days = int(rules.term("compared_days", on))
    work = _visits(by, since, until, days)
    scope = policies.scope(by, standing.READ)
    sites = []
    for site, before in one.baseline.items():
        unit = UUID(site)
        if not (scope.covers(unit) or policies.scope(by, READ).covers(one.unit_id)):
            continue
        after = now.get(site, {})
        sites.append(SiteBought(
            unit, places.name(unit, on), spending.bought(before, after),
            [(line, level, after.get(line, "unknown")) for line, level in before.items()],
            sum((w.cost for w in plan.works if w.site == unit), Decimal(0)),
            None if work is None else (work[0].get(unit, 0), work[1].get(unit, 0)),
        ))  # fmt: skip
    sites.sort(key=lambda each: (-each.bought.gained, each.name))
    total = Bought(*(sum(column) for column in zip(*(each.bought for each in sites), strict=True))
                   ) if sites else Bought(0, 0, 0, 0, 0)  # fmt: skip
    visits = None if work is None else (
        sum(each.visits[0] for each in sites if each.visits),
        sum(each.visits[1] for each in sites if each.visits),
    )  # fmt: skip
    return BoughtPage(
        row, since, until, closed, sites, total, total.per_billion(row.money.paid), days, visits
    )


def _levels_now(by: Actor, one: Project, on: date) -> dict[str, dict[str, str]]:
    told = standing.facts(by=by, on=on, map_on=on)
    return {
        site: {cell.line: cell.level for cell in standing.cells(UUID(site), told)}
        for site in one.baseline
    }


def _visits(
    by: Actor, since: date, until: date, days: int
) -> tuple[dict[UUID, int], dict[UUID, int]] | None:
    """Visits of each site over so many days before the beginning, and up to the end."""
    span = timedelta(days=days)
    if not policies.may(by, clinical.FIGURE) or until - since < span:
        return None
    spans = ((since - span, since - timedelta(days=1)), (until - span + timedelta(days=1), until))
    before, after = (
        {unit: done.get("visit", 0) for unit, done in
         clinical.work_done(by=by, first=first, last=last).items()}
        for first, last in spans
    )  # fmt: skip
    return before, after


def vouchers_known(
    *, by: Actor, vouchers: Collection[str], projects: Collection[UUID]
) -> frozenset[tuple[UUID, str]]:
    """Which vouchers stand for which projects already, for who writes payments. One query."""
    policies.check(by, RECORD)
    rows = Disbursement.objects.filter(
        project_id__among=set(projects), state="standing", voucher__in=set(vouchers)
    )
    return frozenset(rows.values_list("project_id", "voucher"))
