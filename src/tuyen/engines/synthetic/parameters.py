"""The parameters of each disease as arrays, from rules/synthetic/diseases."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.streams import NAT, YEAR, Choice, Days, Floats
from tuyen.kernel.refusal import BadInput

_BASE_YEAR = 2024  # the rates are those of its first day


class Disease(NamedTuple):
    """One disease; units stand in the rule's own ``units``."""

    id: str
    since: Any  # datetime64[D]; diagnosed from this day on it is notified; NaT: always
    until: Any  # datetime64[D]; first day on which it no longer is; NaT: still is
    endemic: bool
    rate: float
    trend: float
    years: Mapping[int, float]
    peaks: tuple[tuple[float, float, float], ...]
    floor: float
    k: float
    place: float
    ages: Floats  # (b,) lower bounds in years
    shares: Choice  # over the b bands
    male: float
    diagnosis: tuple[float, float]
    report: float
    fatal: float
    confirmed: float
    admitted: float
    step: float

    def listed(self, days: Days) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether a case diagnosed on each of ``days`` is to be notified."""
        return np.asarray(~(days < self.since) & ~(days >= self.until))

    def intensity(self, days: Days) -> Floats:
        """(n,) expected notified cases per person and day: rate, trend, odd years and season."""
        year = days.astype("datetime64[Y]")
        numbers = year.astype(np.int64) + 1970
        of_year = (days - year.astype("datetime64[D]")).astype(np.int64)
        odd = np.ones(days.size)
        for single, factor in self.years.items():
            odd[numbers == single] = factor
        age = (days - np.datetime64(f"{_BASE_YEAR}-01-01")).astype(np.int64) / YEAR
        return np.asarray(self.rate / 1e5 / YEAR * self.trend**age * odd * self.season(of_year))

    def season(self, day_of_year: np.ndarray[Any, Any]) -> Floats:
        """(n,) seasonal factor with mean 1 over a year; sharp peaks are von Mises bumps."""
        return (1 - self.floor) * self._bumps(day_of_year) / self._bumps(
            np.arange(365)
        ).mean() + self.floor

    def _bumps(self, day_of_year: np.ndarray[Any, Any]) -> Floats:
        total = np.zeros(np.shape(day_of_year))
        for week, weight, sharpness in self.peaks:
            angle = 2 * np.pi * (day_of_year - (week * 7 - 4)) / YEAR
            total += weight * np.exp(sharpness * (np.cos(angle) - 1))
        return total


def read(rule: Mapping[str, Any]) -> list[Disease]:
    """All diseases of the rule, in its order."""
    found = [_disease({**rule["defaults"], **entry}) for entry in rule["diseases"]]
    if len({disease.id for disease in found}) != len(found):
        raise BadInput(what="a disease stands twice among the synthetic diseases")
    return found


def _day(written: date | None) -> Any:
    return NAT if written is None else np.datetime64(written, "D")


def _disease(entry: Mapping[str, Any]) -> Disease:
    if len(entry["ages"]) != len(entry["shares"]):
        raise BadInput(what=f"{entry['id']}: ages and shares are not of one length")
    return Disease(
        id=entry["id"],
        since=_day(entry.get("since")),
        until=_day(entry.get("until")),
        endemic=entry["endemic"],
        rate=entry["rate"],
        trend=entry["trend"],
        years=entry.get("years", {}),
        peaks=tuple(tuple(peak) for peak in entry["peaks"]),
        floor=entry["floor"],
        k=entry["k"],
        place=entry["place"],
        ages=np.array(entry["ages"], float),
        shares=Choice(entry["shares"]),
        male=entry["male"],
        diagnosis=tuple(entry["diagnosis"]),
        report=entry["report"],
        fatal=entry["fatal"],
        confirmed=entry["confirmed"],
        admitted=entry["admitted"],
        step=entry["step"],
    )
