"""Pay against epidemics for the days that people worked: one amount a day for each, never two."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from tuyen.kernel.refusal import BadInput

ONE = Decimal(1)


class Worked(NamedTuple):
    """Somebody was there on a day: ``work`` names the row of the tariff ("a-direct", "standby");
    ``reference`` is what it follows from."""

    person: UUID
    day: date
    work: str
    reference: UUID
    emergency: bool = False


class Tariff(NamedTuple):
    """Work -> VND a day; work -> VND a day for a meal; kind of day -> what a day's amount is multiplied by
    (``rest``, ``holiday``, ``emergency``). Only the highest multiplier counts."""

    rates: Mapping[str, Decimal]
    meals: Mapping[str, Decimal]
    times: Mapping[str, Decimal]


class Line(NamedTuple):
    """What is due for a day: ``rate`` × ``times`` + ``meal`` = ``amount``, in whole dong. ``because``:
    which multiplier; ``beside``: other work of the same day, which is not paid again."""

    person: UUID
    day: date
    work: str
    reference: UUID
    rate: Decimal
    times: Decimal
    because: str
    meal: Decimal
    amount: Decimal
    beside: tuple[str, ...]


def lines(worked: Iterable[Worked], kinds: Mapping[date, str], tariff: Tariff) -> list[Line]:
    """Return what is due, by person and day; of several works of a day the dearest is paid.

    Parameters
    ----------
    worked : what was done, in any order, anything twice counted once
    kinds : day -> ``rest`` or ``holiday``; a day that is not there is an ordinary one
    tariff : see :class:`Tariff`

    Raises
    ------
    BadInput
        If the tariff has no row for some work.

    Notes
    -----
    Decree 192/2026/NĐ-CP as domain rules 2.10 give it. Money is decimal and rounded half up to the dong.

    Examples
    --------
    >>> who, why = UUID(int=1), UUID(int=2)
    >>> tariff = Tariff({"a-direct": Decimal(420000)}, {}, {"rest": Decimal("1.3")})
    >>> lines([Worked(who, date(2026, 11, 1), "a-direct", why)], {date(2026, 11, 1): "rest"}, tariff)[0].amount
    Decimal('546000')
    """
    days: dict[tuple[UUID, date], dict[tuple[str, UUID, bool], None]] = {}
    for one in worked:
        if one.work not in tariff.rates:
            raise BadInput(what=f"the tariff has no row for {one.work}")
        days.setdefault((one.person, one.day), {})[one.work, one.reference, one.emergency] = None
    found = []
    for (person, day), works in sorted(
        days.items(), key=lambda item: (str(item[0][0]), item[0][1])
    ):
        each = [
            _line(person, day, work, reference, emergency, kinds.get(day, ""), tariff)
            for work, reference, emergency in works
        ]
        best = max(each, key=lambda line: (line.amount, line.work, str(line.reference)))
        beside = tuple(sorted(line.work for line in each if line is not best))
        found.append(best._replace(beside=beside))
    return found


def _line(
    person: UUID, day: date, work: str, reference: UUID, emergency: bool, kind: str, tariff: Tariff
) -> Line:
    asked = [name for name in (kind, "emergency" if emergency else "") if name in tariff.times]
    because = max(asked, key=lambda name: tariff.times[name], default="")
    times = tariff.times[because] if because else ONE
    rate, meal = tariff.rates[work], tariff.meals.get(work, Decimal(0))
    amount = dong(rate * times) + dong(meal)
    return Line(person, day, work, reference, rate, times, because, meal, amount, ())


def dong(amount: Decimal) -> Decimal:
    """Whole dong, half up."""
    return amount.quantize(ONE, rounding=ROUND_HALF_UP)


def village(base: Decimal, high: Decimal, low: Decimal, *, is_high: bool) -> Decimal:
    """The month of a village health worker or midwife: a part of the base salary, in whole dong.

    >>> village(Decimal(2530000), Decimal("0.7"), Decimal("0.5"), is_high=True)
    Decimal('1771000')
    """
    return dong(base * (high if is_high else low))


def slow(worked: Iterable[Worked], kinds: Mapping[date, str], tariff: Tariff) -> int:
    """The sum of all that is due, in dong, by whole numbers: the judge of :func:`lines`."""
    best: dict[tuple[UUID, date], int] = {}
    for one in worked:
        percent = 100
        for name in {kinds.get(one.day, "")} | ({"emergency"} if one.emergency else set()):
            percent = max(percent, int(tariff.times.get(name, ONE) * 100))
        amount = (int(tariff.rates[one.work]) * percent + 50) // 100
        amount += int(tariff.meals.get(one.work, Decimal(0)))
        key = (one.person, one.day)
        best[key] = max(best.get(key, 0), amount)
    return sum(best.values())
