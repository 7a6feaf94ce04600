"""Who works at the sites, and how many people they can serve: from the people at work where they are on
record, else from the review; every figure says which."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.network.models import SiteReview
from tuyen.apps.workforce import queries as workforce
from tuyen.engines.workforce import workload
from tuyen.rules import network as rules
from tuyen.rules import workforce as work

DOCTOR = "doctor"


class SiteStaff(NamedTuple):
    """Posts that are filled at a site, by the professions of the rules. ``source``: workforce, review, or
    "" where nobody told; ``on`` is the day it is of."""

    posts: Mapping[str, int]
    source: str
    on: date | None

    @property
    def doctors(self) -> int:
        return self.posts.get(DOCTOR, 0)


NOBODY = SiteStaff({}, "", None)


def staff_at(
    *, by: Actor, on: date, sites: Collection[UUID], reviews: Mapping[UUID, SiteReview]
) -> dict[UUID, SiteStaff]:
    """The staff of each site on a day, on its map. One query, where the reader may see it."""
    day = min(on, by.on)
    counts: Mapping[UUID, Mapping[str, int]] = {}
    if policies.scope(by, workforce.FIGURE):
        counts = workforce.staff_by_unit(by=by, on=day, map_on=on)
    of = {cadre: key for key, post in rules.posts().items() for cadre in post.cadres}
    found = {}
    for site in sites:
        here: dict[str, int] = {}
        for cadre, n in counts.get(site, {}).items():
            if (post := of.get(cadre)) is not None:
                here[post] = here.get(post, 0) + n
        review = reviews.get(site)
        if here:
            found[site] = SiteStaff(here, "workforce", day)
        elif review is not None and review.staff:
            posts = {key: int(n) for key, n in review.staff.items()}
            found[site] = SiteStaff(posts, "review", review.on)
        else:
            found[site] = NOBODY
    return found


def missing(staff: Sequence[SiteStaff]) -> int:
    """Positions of a station that nobody of these fills."""
    return sum(
        max(post.least - sum(one.posts.get(key, 0) for one in staff), 0)
        for key, post in rules.posts().items()
    )


class Load(NamedTuple):
    """Minutes of work that a resident asks of a station a year. ``visits`` a year each, counted from the
    visits on record (``source`` clinical) or taken from the norm (norm)."""

    visits: float
    minutes: float
    source: str


def load(*, by: Actor, on: date, people: float) -> Load:
    """The work of a resident. Three queries, where the reader may see figures of care."""
    day = min(on, by.on)
    done = 0
    if policies.scope(by, clinical.FIGURE):
        first = day - timedelta(days=365)
        counts = clinical.work_done(by=by, first=first, last=day - timedelta(days=1))
        done = sum(one.get("visit", 0) for one in counts.values())
    told = work.work(on)
    each = sum(float(minutes.get("visit", 0)) for minutes in told.minutes.values())
    if done and people:
        return Load(done / people, done / people * each, "clinical")
    visits = float(rules.norm("visits_per_person", on))
    return Load(visits, visits * each, "norm")


def people_served(
    staff: Sequence[SiteStaff], commune: NDArray[np.int64], asked: Load, on: date
) -> NDArray[np.float64]:
    """(n,) people whom the posts of a site's commune can serve together, which follow to its main
    station: the time that is there over the time that a resident asks (WISN, all professions of the
    standards together). Infinite where nobody's posts are known."""
    told = work.work(on)
    hours = workload.available_hours(workload.Year(**told.year))  # type: ignore[arg-type]
    standards = set(told.minutes)
    each = 60 * hours * (1 - told.category)
    counted = {key for key, post in rules.posts().items() if standards.intersection(post.cadres)}
    posts = np.array(
        [sum(n for key, n in one.posts.items() if key in counted) for one in staff], float
    )
    known = np.array([bool(one.source) for one in staff], float)
    size = int(commune.max(initial=-1)) + 1
    total = np.bincount(commune, weights=posts, minlength=size)
    told_of = np.bincount(commune, weights=known, minlength=size)
    found: NDArray[np.float64] = np.where(
        told_of > 0, np.floor(total * each / max(asked.minutes, 1e-9)), np.inf
    )[commune]
    return found


def people_supervised(asked: Load, on: date) -> float:
    """People whom the staff of a main station serves less for each satellite point that it supervises: the
    days of supervision, less the share of work of every kind, over the time that a resident asks."""
    told = work.work(on)
    days = float(rules.norm("supervision_days", on))
    hours = days * float(told.year["hours"])
    return 60 * hours * (1 - told.category) / max(asked.minutes, 1e-9)
