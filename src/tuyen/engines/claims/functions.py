"""The words that declared checks may use, on single values. None means: nothing can be said.

`functions` binds those that need a day's law or list. A list of the claim is one text with ";"; a
set of values gathered from another table is a frozenset.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.engines.claims import entitlement, values
from tuyen.engines.claims.entitlement import Benefits

_DOSE = re.compile(
    r"\s*(\d+(?:\.\d+)?)\s*([^\W\d_]+)\s*/\s*l[ầa]n\s*\*\s*(\d+)\s*l[ầa]n\s*/\s*ngày"
    r"\s*\*\s*(\d+)\s*ngày",
    re.IGNORECASE,
)
_DAYS = re.compile(r"\*\s*(\d{1,3})\s*ngày", re.IGNORECASE)
_COMMA = re.compile(r"\d{1,3},\d{1,2}|\d+,\d{4,}")
_VITAL = re.compile(r"(?:^|;)\s*(M|HA|T|NT|SP)\s*:\s*([0-9./]+)")
# Pulse, temperature, breaths and saturation that a living person can have; from knowledge.
_BELIEVABLE = {"M": (15, 300), "T": (25, 45), "NT": (3, 120), "SP": (20, 100)}
_PRESSURE = (20, 350)


class Diagnosis(NamedTuple):
    """What is known of ICD-10 categories from ``first`` to ``last``. ``about``: block (the range
    exists), sex, age (years, from and before), not-main, death."""

    about: str
    first: str
    last: str
    sex: int
    youngest: int
    oldest: int


@lru_cache(50_000)
def _list(held: str | frozenset[str]) -> list[str]:
    """The values of a list or set; kept, so never changed."""
    return values.parts(held) if isinstance(held, str) else sorted(held)


def has(held: Any, code: str) -> bool:
    """Whether ``code`` is among the values of a list."""
    return code in _list(held)


def has_any(held: frozenset[str], codes: str) -> bool:
    """Whether one of ``codes`` (a list) is among what another table holds (lists, too)."""
    there = {part for one in held for part in _list(one)}
    return not there.isdisjoint(_list(codes))


def within(codes: str, held: frozenset[str]) -> bool:
    """Whether every value of a list is in ``held``."""
    return held.issuperset(_list(codes))


def shares(codes: str, main: str, others: str) -> bool:
    """Whether a list names the main diagnosis or one of the others, by category."""
    known = {code[:3] for code in [main, *_list(others)]}
    return any(code[:3] in known for code in _list(codes))


def departments_within(held: frozenset[str], codes: str) -> bool:
    there = {part for one in held for part in _list(one)}
    return there.issubset(_list(codes))


def age_days(birth: str, moment: str) -> int | None:
    """Days from birth to a moment; None where the day of birth is not known."""
    if birth[4:8] == "0000" or birth[6:8] == "00":
        return None
    return (values.as_date(moment) - values.as_date(birth)).days


def age_years(birth: str, moment: str) -> int:
    """Whole years from birth to a moment; an unknown month or day counts as the first."""
    born, on = values.as_date(birth), values.as_date(moment)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def days(first: str, last: str) -> int:
    return (values.as_date(last) - values.as_date(first)).days


def minutes_between(first: str, last: str) -> int:
    clock = [int(text[8:10]) * 60 + int(text[10:12]) for text in (first, last)]
    return days(first, last) * 1440 + clock[1] - clock[0]


@lru_cache(20_000)
def dose_of(dose: str, unit: str) -> Decimal | None:
    """Units of a whole course, "1 viên/lần * 2 lần/ngày * 30 ngày", counted in the unit dispensed.

    >>> dose_of("1 viên/lần * 2 lần/ngày * 30 ngày [2 viên/ngày]", "Viên")
    Decimal('60')
    """
    found = _DOSE.match(dose)
    if not found or found[2].casefold() != unit.casefold():
        return None
    return Decimal(found[1]) * int(found[3]) * int(found[4])


@lru_cache(20_000)
def days_of_dose(dose: str) -> int | None:
    """Days of a course; None where the text does not say it in that form."""
    found = _DAYS.findall(dose)
    return int(found[0]) if len(found) == 1 else None


@lru_cache(20_000)
def vitals_fit(text: str) -> bool:
    """Whether the vital signs written as "M: 60; HA: 163/73" are those of a living person."""
    for name, value in _VITAL.findall(text):
        if name == "HA":
            pair = [values.number(part) for part in value.split("/")]
            low, high = _PRESSURE
            if len(pair) != 2 or any(p is None or not low <= p <= high for p in pair):
                return False
            if pair[0] <= pair[1]:  # type: ignore[operator]
                return False
        else:
            held, (low, high) = values.number(value), _BELIEVABLE[name]
            if held is None or not low <= held <= high:
                return False
    return True


def citizen_sex(code: str) -> int | None:
    """1 male, 2 female by the century digit of a personal number of 12 digits."""
    return int(code[3]) % 2 + 1 if _personal(code) else None


def citizen_birth_year(code: str) -> int | None:
    return 1900 + int(code[3]) // 2 * 100 + int(code[4:6]) if _personal(code) else None


def citizen_place(code: str) -> bool | None:
    return code[:3] != "000" if _personal(code) else None


def _personal(code: str) -> bool:
    return len(code) == 12 and code.isdigit()


def _share(place: int, order: tuple[str, ...]) -> Callable[..., Decimal]:
    """One of the three shares of a line; see `entitlement.shares_as_written`."""

    def share(
        amount: Decimal, scope: Decimal, level: Decimal, donor: Decimal, *written: Decimal
    ) -> Decimal:
        if not donor:
            fund = values.half_up(scope * level / 100)
            return (amount - scope, scope - fund, fund)[place]
        return entitlement.shares_as_written(amount, scope, level, donor, written, order)[place]

    return share


PLAIN: dict[str, Callable[..., Any]] = {
    "abs": abs, "max": max, "min": min, "len": len,
    "numbers_within": lambda held, texts: held.issuperset(map(values.number, _list(texts))),
    "places": lambda number: -number.as_tuple().exponent,
    "half_up": values.half_up,
    "day": lambda text: text[:8],
    "month": lambda text: int(text[:6]),
    "year": lambda text: int(text[:4]),
    "starts": lambda text, begin: text.startswith(begin),
    "ends": lambda text, end: text.endswith(end),
    "range_of": lambda first, last: range(int(first), int(last) + 1),
    "count_of": lambda held: len(_list(held)),
    "distinct": lambda held: len(set(_list(held))) == len(_list(held)),
    "first_of": lambda held: min(_list(held), default=""),
    "last_of": lambda held: max(_list(held), default=""),
    "pairwise": lambda a, b: all(x <= y for x, y in zip(_list(a), _list(b), strict=False)),
    "has_digit": lambda text: any(sign.isdigit() for sign in text),
    "decimal_comma": lambda text: _COMMA.fullmatch(text) is not None,
    "icd_main": lambda code: code[:3],
    "has": has, "has_any": has_any, "within": within, "shares": shares,
    "departments_within": departments_within,
    "age_days": age_days, "age_years": age_years, "days": days, "minutes_between": minutes_between,
    "dose_of": dose_of, "days_of_dose": days_of_dose, "vitals_fit": vitals_fit,
    "citizen_sex": citizen_sex, "citizen_birth_year": citizen_birth_year,
    "citizen_place": citizen_place,
}  # fmt: skip


def functions(
    benefits: Benefits, diagnoses: list[Diagnosis], groups: frozenset[str]
) -> dict[str, Callable[..., Any]]:
    """`PLAIN` and the words bound to the law and lists of one day."""
    return {**PLAIN, **_of_diagnoses(diagnoses), **_of_benefits(benefits, groups)}


def _of_diagnoses(diagnoses: list[Diagnosis]) -> dict[str, Callable[..., Any]]:
    by: dict[str, list[Diagnosis]] = {}
    for row in diagnoses:
        by.setdefault(row.about, []).append(row)

    @lru_cache(20_000)
    def rows(about: str, category: str) -> tuple[Diagnosis, ...]:
        return tuple(row for row in by.get(about, ()) if row.first <= category <= row.last)

    def icd_known(codes: str) -> bool:
        return all(rows("block", code[:3]) for code in _list(codes))

    def icd_fits_sex(codes: str, sex: Decimal) -> bool:
        return all(r.sex == sex for code in _list(codes) for r in rows("sex", code[:3]))

    def icd_fits_age(code: str, birth: str, moment: str) -> bool:
        age = age_years(birth, moment)
        return all(r.youngest <= age < r.oldest for r in rows("age", code[:3]))

    def icd_may_be_main(code: str) -> bool:
        return not rows("not-main", code[:3]) and not code.endswith("*")

    def icd_death_only(code: str) -> bool:
        return bool(rows("death", code[:3]))

    named = (icd_known, icd_fits_sex, icd_fits_age, icd_may_be_main, icd_death_only)
    return {function.__name__: function for function in named}


def _of_benefits(benefits: Benefits, groups: frozenset[str]) -> dict[str, Callable[..., Any]]:
    better = {level: place for place, level in enumerate("51234")}

    @lru_cache(20_000)
    def due(*known: Any) -> frozenset[Decimal] | None:
        cards, attendance, care, in_scope, exempt, above = known
        return entitlement.levels_due(
            benefits, cards, attendance, care, in_scope, exempt=exempt, from_above=above
        )

    def level_is_due(
        level: Decimal, cards: str, attendance: str, care: str,
        in_scope: Decimal, end: str, exempt_from: str, origin: str,
    ) -> bool:  # fmt: skip
        exempt = bool(exempt_from) and exempt_from[:8] <= end[:8]
        above = origin.startswith("HC.")
        allowed = due(tuple(values.parts(cards)), attendance, care, in_scope, exempt, above)
        return allowed is None or level in allowed

    def card_groups_known(cards: str) -> bool:
        return all(card[:2] in groups for card in _list(cards))

    def card_levels_fit(cards: str) -> bool | None:
        for code in _list(cards):
            card = entitlement.card(code)
            least = card and benefits.group_levels.get(card.group)
            if card and least and better.get(card.level, 9) > better[least]:
                return card.level not in better
        return True

    def supply_ceiling(_end: str) -> Decimal:
        return benefits.supply_ceiling * benefits.base_salary

    named = (level_is_due, card_groups_known, card_levels_fit, supply_ceiling)
    order = benefits.donor_order
    places = {"share_outside": 0, "share_copay": 1, "share_fund": 2}
    return {
        **{function.__name__: function for function in named},
        **{name: _share(place, order) for name, place in places.items()},
    }
