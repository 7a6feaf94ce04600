"""Figures that a synthetic province publishes about itself, year by year: a course with chance."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.network import Network
from tuyen.engines.synthetic.people import People

_ENDS = {"half": (6, 30), "nine-months": (9, 30), "year": (12, 31)}
_SHARE_OF_YEAR = {"half": 0.5, "nine-months": 0.75, "year": 1.0}
_LABELS = {"half": "{year}-H1", "nine-months": "{year}-9M", "year": "{year}"}
_KINDS = {
    "stations": "station",
    "satellite-points": "satellite-point",
    "regional-centres": "regional-health-centre",
}


class Figure(NamedTuple):
    """One figure of one document. The parts are both there, or neither is."""

    indicator: str
    period: str  # label, statistics calendar
    value: Decimal
    qualifier: str  # exact, about
    numerator: Decimal | None
    denominator: Decimal | None
    document: str  # Vietnamese
    published: date


def build(
    rule: Mapping[str, Any],
    network: Network,
    people: People,
    since: date,
    until: date,
    rng: np.random.Generator,
) -> list[Figure]:
    """The figures published from the year of ``since`` to the day ``until``, in order of their day.

    Parameters
    ----------
    rule : the contents of rules/synthetic/figures
    """
    course = _Course(rule, network, people, since.year, rng)
    made = [
        figure
        for entry in rule["figures"]
        for year in range(max(since.year, entry.get("from", 0)), until.year + 1)
        for figure in course.of(entry, year)
        if figure.published <= until
    ]
    return sorted(made, key=lambda figure: (figure.published, figure.indicator, figure.period))


class _Course:
    """Where each indicator stands in each year."""

    def __init__(
        self, rule: Mapping[str, Any], network: Network, people: People, first: int,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self.rule, self.network, self.people = rule, network, people
        self.first, self.rng = first, rng

    def of(self, entry: Mapping[str, Any], year: int) -> Iterator[Figure]:
        for period in entry["periods"]:
            end = date(year, *_ENDS[period])
            value, top, bottom = self._value(entry, year, period, end)
            yield Figure(
                indicator=entry["indicator"],
                period=_LABELS[period].format(year=year),
                value=value,
                qualifier=entry.get("qualifier", "exact"),
                numerator=top,
                denominator=bottom,
                document=self._document(period, year),
                published=end + timedelta(days=self.rule["published_after_days"][period]),
            )

    def _value(
        self, entry: Mapping[str, Any], year: int, period: str, end: date
    ) -> tuple[Decimal, Decimal | None, Decimal | None]:
        decimals = entry["decimals"]
        if counted := entry.get("counted"):
            return Decimal(self._units(_KINDS[counted], end)), None, None
        chance = float(self.rng.normal(0, entry["spread"]))
        if "per_person" in entry:
            each = entry["per_person"] + entry["step"] * (year - self.first) + chance
            visits = each * self._residents(end) * _SHARE_OF_YEAR[period]
            return Decimal(max(0, round(visits))), None, None
        level = max(0.0, entry["start"] + entry["step"] * (year - self.first) + chance)
        if "of" not in entry:
            return _printed(min(level, 99.5), decimals), None, None
        per = (
            10_000 if entry["of"] == "population" and entry["indicator"].endswith("10000") else 100
        )
        bottom = self._base(entry["of"], end)
        top = (
            min(bottom, round(level * bottom / per)) if per == 100 else round(level * bottom / per)
        )
        value = (Decimal(top) * per / Decimal(bottom)).quantize(
            Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN
        )
        return value, Decimal(top), Decimal(bottom)

    def _base(self, what: str, on: date) -> int:
        if what == "population":
            return max(1, self._residents(on))
        # One station a commune: 129 of them before the merger, 45 after.
        return max(1, self._units("station", on))

    def _units(self, kind: str, on: date) -> int:
        return sum(
            unit.kind == kind and unit.since <= on and (unit.until is None or unit.until > on)
            for unit in self.network.facilities
        )

    def _residents(self, on: date) -> int:
        return int(self.people.resident(np.datetime64(on, "D")).sum())

    def _document(self, period: str, year: int) -> str:
        words = self.rule["words"][period].format(year=year)
        return str(self.rule["document"]["vi"]).format(period=words)


def _printed(value: float, decimals: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
