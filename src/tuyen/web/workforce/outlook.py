"""What the figures of people at work say of years to come and of the work that is done."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.places import station_of
from tuyen.engines.workforce import projection, workload
from tuyen.rules import workforce as rules

LAST = 2030


class Outlook(NamedTuple):
    """Doctors at stations to come: (year, expected, low, high, retiring) at the end of each year; the first year
    in which the target holds by the upper end, expected, by the lower end."""

    rows: list[tuple[int, float, float, float, float]]
    target: int
    reached: tuple[int | None, int | None, int | None]
    unknown: int
    coming: float

    @property
    def expected(self) -> str:
        """The year in which the target is expected to hold; "" where it is not in sight."""
        return str(self.reached[1] or "")


class Workload(NamedTuple):
    """A cadre's work at a station in a year: people needed, people there, have / need."""

    cadre: str
    need: float
    have: int
    ratio: float | None


def doctors(*, by: Actor, on: date, target: int, people: int, cadre: str = "") -> Outlook:
    """Doctors at stations in reach until 2030, or people of another cadre. ``people``: residents, for
    the number of doctors who come; of other cadres nobody is known to come."""
    ages = {sex: projection.Age(*age) for sex, age in rules.retirement(on).items()}
    retire: list[int] = []
    unknown = 0
    for (sex, year, month), n in queries.doctors_by_year(
        by=by, on=on, cadres=[cadre] if cadre else None
    ).items():
        if not year:
            unknown += n
            retire += [9999] * n  # nobody knows when; they leave by the leaving rate alone
            continue
        age = ages.get(sex) or ages["male"]
        retire += [projection.retirement_month((year, month), age)[0]] * n
    leaving, intake = rules.leaving(on), rules.intake(on)
    coming = 0.0 if cadre else (intake.graduates + intake.rotated) * people / 1_000_000
    years = list(range(on.year, max(LAST, on.year + 1) + 1))
    made = projection.project(
        np.array(retire, np.int64), on.year, years,
        projection.Rates(leaving.middle, leaving.low, leaving.high, coming),
    )  # fmt: skip
    rows = list(zip(
        made.years.tolist(), made.people.tolist(), made.low.tolist(), made.high.tolist(),
        made.retiring.tolist(), strict=True,
    ))  # fmt: skip
    return Outlook(rows, target, projection.first_year(made, target), unknown, coming)


def work(
    *, by: Actor, on: date, map_on: date | None = None
) -> Mapping[UUID, Mapping[str, float]] | None:
    """Station -> activity -> how often in the year before a day, by the stations of the map of that day or of
    another; None for whom it is not open."""
    if not policies.may(by, clinical.FIGURE):
        return None
    first = on - timedelta(days=365)
    done: dict[UUID, dict[str, float]] = {}
    for unit, counts in clinical.work_done(by=by, first=first, last=on - timedelta(days=1)).items():
        here = done.setdefault(station_of(unit, map_on or on), {})
        for activity, n in counts.items():
            here[activity] = here.get(activity, 0) + n
    return done


def needs(done: Mapping[str, float], have: Mapping[str, int], on: date) -> list[Workload]:
    """What the work of a station asks for, by cadre, in the order of the standards."""
    rule = rules.work(on)
    year = workload.Year(**rule.year)  # type: ignore[arg-type]
    found = []
    for cadre, minutes in rule.minutes.items():
        there = _there(cadre, have)
        told = workload.need(
            done, minutes, year, category=rule.category,
            individual=rule.individual.get(cadre, 0.0),
        )  # fmt: skip
        found.append(Workload(cadre, told.people, there, workload.ratio(there, told.people)))
    return found


def _there(cadre: str, have: Mapping[str, int]) -> int:
    """People who do a cadre's work: any doctor does a doctor's."""
    of = rules.doctors() if cadre in rules.doctors() else {cadre}
    return sum(have.get(one, 0) for one in of)


def needed(done: Mapping[str, float] | None, have: Mapping[str, int], on: date) -> float | None:
    """People of all cadres that the work of a station asks for; None where the work is not known."""
    if not done:
        return None
    return sum(one.need for one in needs(done, have, on))


def source(name: str, on: date) -> dict[str, Any]:
    """A norm's act, day and confidence, as a page shows them."""
    entry = rules.norm_source(name, on)
    told = entry["source"]
    return {
        "from": entry["from"], "act": str(told.get("act", "")), "article": str(told.get("article", "")),
        "note": str(told.get("note", "")), "confidence": str(entry["confidence"]),
        "verified": bool(entry.get("verified", False)),
    }  # fmt: skip
