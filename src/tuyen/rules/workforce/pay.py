"""Pay against epidemics and of the village network as data: money is decimal, and None before its day."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from tuyen.rules.loader import load, value


class Pay(NamedTuple):
    """Work -> VND a day, work -> VND of a meal, kind of day -> multiplier."""

    daily: Mapping[str, Decimal]
    meals: Mapping[str, Decimal]
    times: Mapping[str, Decimal]


class Village(NamedTuple):
    """Parts of the base salary, and from how many households (in an urban group) the high one holds."""

    high: Decimal
    low: Decimal
    households: int
    urban: int
    zone: int
    base: Decimal


def pay(on: datetime.date) -> Pay | None:
    """What a day of work against an epidemic is paid; None where no act is entered for the day."""
    told = [
        value(load("workforce/allowances")[n]["values"], on)
        for n in ("daily", "meals", "multipliers")
    ]
    if any(one is None for one in told):
        return None
    daily, meals, times = ({key: Decimal(n) for key, n in one.items()} for one in told)
    return Pay(daily, meals, times)


def village(on: datetime.date) -> Village | None:
    """What the village network is paid a month; None where no act is entered for the day."""
    told, base = value(load("workforce/allowances")["village"]["values"], on), base_salary(on)
    if told is None or base is None:
        return None
    return Village(
        Decimal(told["high"]), Decimal(told["low"]), int(told["households"]), int(told["urban"]),
        int(told["zone"]), base,
    )  # fmt: skip


def base_salary(on: datetime.date) -> Decimal | None:
    """The base salary of a day, in VND a month: one value for pay and for insurance, kept where the
    benefits of insurance are."""
    found = value(load("claims/benefits")["base_salary"]["values"], on)
    return None if found is None else Decimal(found)
