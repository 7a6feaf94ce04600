"""Money paid held against what was planned: by a day, by a year, by source. Plain sums, no clock."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Standing(NamedTuple):
    """How a project stands on a day. Shares of 1, None where there is nothing to share: ``paid`` of all
    the money, ``against_plan`` of what was planned by now, ``time`` of its days that have gone."""

    total: Decimal
    paid: Decimal
    planned_by_now: Decimal
    share: float | None
    against_plan: float | None
    time: float | None

    def flag(self, slow: float, on: date, ends: date) -> str:
        """ "" in order, "slow" below a share of the plan, "late" past its end with money left."""
        if on > ends and self.paid < self.total:
            return "late"
        if self.against_plan is not None and self.against_plan < slow:
            return "slow"
        return ""


def planned_by(planned: Mapping[str, Decimal], on: date) -> Decimal:
    """What was planned to be paid by the end of a day: whole months, and the part of its own month.

    >>> planned_by({"2026-01": Decimal(310), "2026-02": Decimal(28)}, date(2026, 2, 14))
    Decimal('324')
    """
    now, done = f"{on:%Y-%m}", ZERO
    for month, amount in planned.items():
        if month < now:
            done += amount
        elif month == now:
            done += amount * on.day / monthrange(on.year, on.month)[1]
    return done


def standing(
    total: Decimal, planned: Mapping[str, Decimal], payments: Sequence[tuple[date, Decimal]],
    starts: date, ends: date, on: date,
) -> Standing:  # fmt: skip
    """How a project stands at the end of a day; payments of later days do not count."""
    paid = sum((amount for day, amount in payments if day <= on), ZERO)
    by_now = planned_by(planned, on)
    days = (ends - starts).days + 1
    gone = min(max((on - starts).days + 1, 0), days)
    return Standing(
        total, paid, by_now, float(paid / total) if total else None,
        float(paid / by_now) if by_now else None, gone / days if days > 0 else None,
    )  # fmt: skip


class Year(NamedTuple):
    """A year's plan and what was paid of it; ``share`` of 1."""

    year: int
    planned: Decimal
    paid: Decimal

    @property
    def share(self) -> float | None:
        return float(self.paid / self.planned) if self.planned else None


def by_year(planned: Mapping[str, Decimal], paid: Sequence[tuple[int, Decimal]]) -> list[Year]:
    """Every year that has a plan or a payment. ``paid``: (year of whose plan it is, amount)."""
    years = sorted({int(month[:4]) for month in planned} | {year for year, _ in paid})
    return [
        Year(
            year,
            sum((amount for month, amount in planned.items() if int(month[:4]) == year), ZERO),
            sum((amount for of, amount in paid if of == year), ZERO),
        )
        for year in years
    ]


class SourceYear(NamedTuple):
    """A year of a source: what it was planned to pay (None: its plan is not split by source), what it paid."""

    source: str
    year: int
    planned: Decimal | None
    paid: Decimal

    @property
    def share(self) -> float | None:
        return float(self.paid / self.planned) if self.planned else None


def by_source(
    planned: Mapping[str, Mapping[str, Decimal]], paid: Sequence[tuple[str, int, Decimal]]
) -> list[SourceYear]:
    """Every source and year that has a plan or a payment, where any payment is planned by source.

    Parameters
    ----------
    planned : source -> month -> amount; under "" what is not split
    paid : (source, year of whose plan it is, amount)

    Examples
    --------
    >>> plan = {"loan": {"2026-01": Decimal(30), "2026-02": Decimal(10)}}
    >>> [(one.source, one.year, one.planned, one.paid) for one in by_source(plan, [("own", 2026, Decimal(5))])]
    [('loan', 2026, Decimal('40'), Decimal('0')), ('own', 2026, None, Decimal('5'))]
    """
    split = {source: months for source, months in planned.items() if source}
    if not split:
        return []
    plan: dict[tuple[str, int], Decimal] = {}
    for source, months in split.items():
        for month, amount in months.items():
            key = (source, int(month[:4]))
            plan[key] = plan.get(key, ZERO) + amount
    done: dict[tuple[str, int], Decimal] = {}
    for source, year, amount in paid:
        done[source, year] = done.get((source, year), ZERO) + amount
    return [
        SourceYear(*key, plan.get(key, ZERO if key[0] in split else None), done.get(key, ZERO))
        for key in sorted({*plan, *done})
    ]


def spread(total: Decimal, first: date, last: date) -> dict[str, Decimal]:
    """A total over the months from first to last, in equal whole parts; the last takes what is left.

    >>> spread(Decimal(100), date(2026, 1, 5), date(2026, 3, 1))
    {'2026-01': Decimal('33'), '2026-02': Decimal('33'), '2026-03': Decimal('34')}
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count < 1:
        return {}
    months = [
        f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02}"
        for n in range(count)
    ]
    part = Decimal(int(total / count))
    found = dict.fromkeys(months, part)
    found[months[-1]] = total - part * (count - 1)
    return found


class Bought(NamedTuple):
    """What a project changed: lines of its sites that are good now and were known not to be
    (``gained``), that were good and are not (``lost``), and that were not known before or are not now."""

    gained: int
    lost: int
    unknown: int
    before: int
    after: int

    def per_billion(self, paid: Decimal) -> float | None:
        """Lines gained for a billion VND that was paid; None where nothing was."""
        return float(self.gained / (paid / 1_000_000_000)) if paid else None


def bought(before: Mapping[str, str], after: Mapping[str, str]) -> Bought:
    """One site's levels by line, before and after. A line that was not known gains nothing."""
    gained = lost = unknown = 0
    for line, was in before.items():
        now = after.get(line, "unknown")
        if "unknown" in (was, now):
            unknown += 1
        elif now == "good" != was:
            gained += 1
        elif was == "good" != now:
            lost += 1
    good = [sum(level == "good" for level in each.values()) for each in (before, after)]
    return Bought(gained, lost, unknown, good[0], good[1])
