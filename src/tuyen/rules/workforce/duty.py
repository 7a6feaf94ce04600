"""Duty as data: kinds of shift, who must be there, limits, leave, the surge roster, retention."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load


class Shift(NamedTuple):
    """A kind of shift; ``pay``: the row of the tariff that its day is paid by, "" for none."""

    key: str
    start: float
    hours: float
    rest: float
    most: int | None
    implied: bool
    night: bool
    pay: str
    short: str


class Asked(NamedTuple):
    """Somebody of some cadres must be there: ``days`` is all, working, or weekdays (Monday is 1)."""

    key: str
    shift: str
    of: frozenset[str]
    need: int
    days: str | tuple[int, ...]


class Fairness(NamedTuple):
    """Weights of the burdens that are shared out, of a wish and of an ordinary day."""

    duty: float
    weekend: float
    holiday: float
    tet: float
    wish: float
    present: float
    tet_years: int


class Leave(NamedTuple):
    """Days of a year, one more after each ``every`` years; ``most`` days at once. ``counted``: kinds that
    are taken from them; ``nights``: kinds that close nights alone; ``wishes``: that ask for no answer."""

    base: int
    every: int
    more: int
    most: int
    counted: frozenset[str]
    nights: frozenset[str]
    wishes: frozenset[str] = frozenset()

    def earned(self, since: datetime.date, year: int) -> int:
        """Days that somebody who came on ``since`` has in a year.

        >>> Leave(12, 5, 1, 186, frozenset(), frozenset()).earned(datetime.date(2015, 3, 1), 2026)
        14
        """
        served = max(0, year - since.year)
        if served == 0:  # of the first year, a twelfth for each month
            return round(self.base * (13 - since.month) / 12) if since.year == year else 0
        return self.base + self.more * (served // self.every)


class Retention(NamedTuple):
    years: tuple[int, ...]
    least: int
    complete: datetime.date


def shifts(on: datetime.date) -> dict[str, Shift]:
    """The kinds of shift of a day, in their order."""
    return {
        key: Shift(
            key, float(one["start"]), float(one["hours"]), float(one["rest"]), one.get("most"),
            bool(one.get("implied")), bool(one["night"]), str(one.get("pay", "")), str(one["short"]),
        )
        for key, one in _value("roster", "shifts", on).items()
    }  # fmt: skip


def shift_names(on: datetime.date) -> Mapping[str, Mapping[str, str]]:
    """Kind of shift -> its words by language."""
    names: Mapping[str, Mapping[str, str]] = _value("roster", "shifts", on)
    return names


def asked(kind: str, on: datetime.date) -> list[Asked]:
    """Who must be there in a type of unit."""
    told = _value("roster", "demand", on)
    return [
        Asked(key, one["shift"], frozenset(one["of"]), int(one["need"]),
              one["days"] if isinstance(one["days"], str) else tuple(one["days"]))
        for key, one in told.get(kind, told["otherwise"]).items()
    ]  # fmt: skip


def asked_names(kind: str, on: datetime.date) -> Mapping[str, Mapping[str, str]]:
    """Who must be there -> its words by language."""
    told = _value("roster", "demand", on)
    names: Mapping[str, Mapping[str, str]] = told.get(kind, told["otherwise"])
    return names


def week_hours(on: datetime.date) -> float:
    """Hours of a week with duty."""
    return float(_value("roster", "limits", on)["week_hours"])


def days_in_a_row(on: datetime.date) -> int:
    return int(_value("roster", "limits", on)["row"])


def fairness(on: datetime.date) -> Fairness:
    return Fairness(**_value("roster", "fairness", on))


def leave(on: datetime.date) -> Leave:
    """The rules of leave on a day."""
    told = _value("roster", "leave", on)
    kinds = told["kinds"]
    return Leave(
        int(told["base"]), int(told["every"]), int(told["more"]), int(told["most"]),
        frozenset(key for key, one in kinds.items() if one.get("counted")),
        frozenset(key for key, one in kinds.items() if one.get("nights")),
        frozenset(key for key, one in kinds.items() if one.get("wish")),
    )  # fmt: skip


def leave_kinds(on: datetime.date) -> Mapping[str, Mapping[str, str]]:
    """Kind of leave -> its words by language."""
    kinds: Mapping[str, Mapping[str, str]] = _value("roster", "leave", on)["kinds"]
    return kinds


def surge_skills(on: datetime.date) -> Mapping[str, Mapping[str, str]]:
    """Skill that somebody can be drawn for -> its words by language."""
    skills: Mapping[str, Mapping[str, str]] = _value("roster", "surge", on)["skills"]
    return skills


def surge_days(on: datetime.date) -> int:
    """Days after which a consent is asked anew."""
    return int(_value("roster", "surge", on)["days"])


def retention(on: datetime.date) -> Retention:
    told = _value("retention", "asked", on)
    return Retention(tuple(told["years"]), int(told["least"]), _value("retention", "complete", on))


def duty_source(file: str, name: str, on: datetime.date) -> Mapping[str, Any]:
    """The entry in force on a day, with its act and how sure it is."""
    values = load(f"workforce/{file}")[name]["values"]
    entry: Mapping[str, Any] = dated(values, on) or values[0]
    return entry


def _value(file: str, name: str, on: datetime.date) -> Any:
    return duty_source(file, name, on)["value"]
