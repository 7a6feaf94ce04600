"""What a plan of a project must keep before it is put forward."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from tuyen.apps.governance import places
from tuyen.apps.governance.operations import Funding, ProjectPlan
from tuyen.apps.governance.refusals import (
    AmountImpossible,
    EndsBeforeStart,
    MonthOutside,
    NotASite,
    PlannedBeyondSource,
    PlannedBeyondTotal,
    RateDoesNotGive,
    RateMissing,
    SaidTwice,
    SourceMayNotPay,
    SourceNotOfProject,
    UnknownWord,
    WorksBeyondSource,
)
from tuyen.rules import governance as rules

MOST = Decimal(10) ** 15


def check(plan: ProjectPlan, on: date) -> None:
    """Refuse a plan that contradicts itself, or the sources that pay for it."""
    if plan.ends < plan.starts:
        raise EndsBeforeStart(starts=plan.starts, ends=plan.ends)
    known("source", [one.source for one in plan.funding], rules.sources())
    for one in plan.funding:
        _funding(one, on)
    known("phases", [one.stage for one in plan.phases], rules.stages())
    for phase in plan.phases:
        if phase.until < phase.since:
            raise EndsBeforeStart(starts=phase.since, ends=phase.until)
    _works(plan, on)
    _planned(plan)


def known(field: str, values: Sequence[str], listed: Iterable[str], once: bool = True) -> None:
    """Every value is on the list, and stands once."""
    allowed, seen = list(listed), set[str]()
    for value in values:
        if value not in allowed:
            raise UnknownWord(field=field, value=value, known=", ".join(allowed))
        if once and value in seen:
            raise SaidTwice(field=field, value=value)
        seen.add(value)


def amount(field: str, value: Decimal, *, nothing: bool = False) -> Decimal:
    """An amount of VND with at most two places."""
    good = value.is_finite() and (0 if nothing else Decimal("0.01")) <= value <= MOST
    if not good or value != round(value, 2):
        raise AmountImpossible(field=field, value=str(value)[:40])
    return value


def total(plan: ProjectPlan) -> Decimal:
    return sum((one.amount for one in plan.funding), Decimal(0))


def given(plan: ProjectPlan) -> dict[str, Decimal]:
    """Source -> what it gives."""
    return {one.source: one.amount for one in plan.funding}


def _funding(one: Funding, on: date) -> None:
    amount("funding", one.amount)
    if one.foreign is None:
        return
    amount("foreign", one.foreign)
    if one.rate is None or not one.currency:
        raise RateMissing(value=one.foreign, currency=one.currency or "?")
    amount("rate", round(one.rate, 2))
    gives = one.foreign * one.rate
    if abs(gives - one.amount) > Decimal(str(rules.term("rate_off", on))) * one.amount:
        raise RateDoesNotGive(
            foreign=one.foreign, currency=one.currency, rate=one.rate, gives=round(gives),
            amount=one.amount,
        )  # fmt: skip


def _works(plan: ProjectPlan, on: date) -> None:
    sources, packages, gives = rules.sources(), rules.packages(), given(plan)
    known("package", [one.package for one in plan.works], packages, once=False)
    seen: set[tuple[str, str]] = set()
    cost: dict[str, Decimal] = defaultdict(Decimal)
    for one in plan.works:
        if one.source not in gives:
            raise SourceNotOfProject(source=one.source, known=", ".join(gives))
        if one.package not in sources[one.source].pays:
            raise SourceMayNotPay(source=one.source, package=one.package)
        if not places.is_site(one.site, on):
            raise NotASite(name=places.name(one.site, on), on=on)
        if (str(one.site), one.package) in seen:
            raise SaidTwice(field="works", value=f"{places.name(one.site, on)}: {one.package}")
        seen.add((str(one.site), one.package))
        cost[one.source] += amount("cost", one.cost)
    for source, spent in cost.items():
        if spent > gives[source]:
            raise WorksBeyondSource(source=source, cost=spent, amount=gives[source])


def _planned(plan: ProjectPlan) -> None:
    last = plan.ends.year + 1  # a year's money is paid until January of the next
    said, gives = [(one.month, one.source) for one in plan.planned], given(plan)
    each = [f"{month} {source}".strip() for month, source in said]
    known("planned", each, each)
    for month, source in said:
        if source and source not in gives:
            raise SourceNotOfProject(source=source, known=", ".join(gives))
        if not f"{plan.starts:%Y-%m}" <= month <= f"{last}-01":
            raise MonthOutside(month=month)
    planned = sum((amount("planned", one.amount, nothing=True) for one in plan.planned), Decimal(0))
    if planned > total(plan):
        raise PlannedBeyondTotal(planned=planned, total=total(plan))
    for source, amounts in planned_of(plan).items():
        if source and (much := sum(amounts.values(), Decimal(0))) > gives[source]:
            raise PlannedBeyondSource(source=source, planned=much, amount=gives[source])


def by_month(plan: ProjectPlan) -> dict[str, Decimal]:
    """Month -> what all sources are planned to pay in it."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in plan.planned:
        found[one.month] += one.amount
    return found


def planned_of(plan: ProjectPlan) -> dict[str, dict[str, Decimal]]:
    """Source ("" for what is not split) -> month -> what it is planned to pay."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for one in plan.planned:
        found[one.source][one.month] = one.amount
    return found
