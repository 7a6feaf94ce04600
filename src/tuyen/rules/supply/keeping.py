"""How stock is kept: temperatures and excursions, levels, and what a cohort needs."""

import datetime
from collections.abc import Mapping
from typing import Literal, NamedTuple

from tuyen.rules.loader import load, value

Side = Literal["above", "below"]
Lots = Literal["all", "freeze-sensitive"]


class ColdRule(NamedTuple):
    """Beyond ``limit`` (degC) on a side for more than ``minutes`` is an excursion of ``lots``."""

    name: str
    side: Side
    limit: float
    minutes: int
    lots: Lots


class Levels(NamedTuple):
    """Months of need between which a stock is held, and the days of a near and a critical expiry."""

    least: float
    most: float
    reserve: float
    near_days: int
    critical_days: int
    use_days: int


class Need(NamedTuple):
    """What the forecast of need is made from, beside the doses for each child (``cohort``)."""

    coverage: float
    closed_wastage: float
    sessions_a_month: float
    service: float
    births_of_1000: float


def band(on: datetime.date) -> tuple[float, float]:
    """Between which temperatures (degC) vaccines are kept."""
    return _number("cold_chain", "band", "low", on=on), _number("cold_chain", "band", "high", on=on)


def believable(on: datetime.date) -> tuple[float, float]:
    """Between which temperatures (degC) a reading is taken as one."""
    low = _number("cold_chain", "believable", "low", on=on)
    return low, _number("cold_chain", "believable", "high", on=on)


def cold_rules(on: datetime.date) -> list[ColdRule]:
    """The rules in force on a day, the gravest last."""
    found = []
    for name, rule in load("supply/cold_chain")["rules"].items():
        limit, minutes = value(rule["limit"]["values"], on), value(rule["minutes"]["values"], on)
        if limit is not None and minutes is not None:
            found.append(ColdRule(name, rule["side"], float(limit), int(minutes), rule["lots"]))
    return found


def bridges(on: datetime.date) -> int:
    """How many minutes apart two readings may be to speak for the time between them."""
    return int(_number("cold_chain", "bridges", on=on))


def levels(type: str, on: datetime.date) -> Levels:
    """The levels of a unit of a type."""
    rule = load("supply/levels")
    return Levels(
        _by_type(rule["least"]["values"], type, on), _by_type(rule["most"]["values"], type, on),
        _number("levels", "reserve", on=on), int(_number("levels", "near", on=on)),
        int(_number("levels", "critical", on=on)), int(_number("levels", "use_days", on=on)),
    )  # fmt: skip


class Months(NamedTuple):
    """Months of stock of a medicine: low below the first, on target between the next two, too much
    above the last."""

    low: float
    target_low: float
    target_high: float
    over: float


def months(on: datetime.date) -> Months:
    """How many months of stock of a medicine are few, right and too many."""
    return Months(*(_number("levels", "medicines", name, on=on) for name in Months._fields))


class Goods(NamedTuple):
    """What injections take besides vaccine: item -> its syringe, its mixing syringe; the safety box and
    how many used syringes it holds; and the share to be kept above what is used."""

    syringe: Mapping[str, str]
    mixing: Mapping[str, str]
    box: str
    holds: int
    spare: float


def goods(on: datetime.date) -> Goods:
    """What injections take besides vaccine, by the rule of a day."""
    values = load("supply/need")["goods"]["values"]
    told = value(values, on) or values[0]["value"]
    return Goods(
        told["syringe"], told["mixing"], told["box"]["item"], int(told["box"]["holds"]),
        _number("need", "spare", on=on),
    )  # fmt: skip


def need(type: str, on: datetime.date) -> Need:
    """What is reckoned with for a unit of a type."""
    rule = load("supply/need")
    return Need(
        _number("need", "coverage", on=on),
        _number("need", "closed_wastage", on=on),
        _by_type(rule["sessions_a_month"]["values"], type, on), _number("need", "service", on=on),
        _number("need", "births", on=on),
    )  # fmt: skip


def _number(file: str, *path: str, on: datetime.date) -> float:
    """A number in force on a day; before the first one, the first: a stock is older than its rule."""
    node = load(f"supply/{file}")
    for part in path:
        node = node[part]
    found = value(node["values"], on)
    return float(node["values"][0]["value"] if found is None else found)


def _by_type(values: tuple[Mapping[str, object], ...], type: str, on: datetime.date) -> float:
    found = value(values, on)
    table: Mapping[str, float] = values[0]["value"] if found is None else found  # type: ignore[assignment]
    return float(table.get(type, table["otherwise"]))
