"""The five criteria of every site, from what the program knows and what reviewers found."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.network.ground import Ground
from tuyen.apps.network.models import SiteReview
from tuyen.apps.network.staffing import NOBODY, SiteStaff
from tuyen.engines.network import suitability as engine
from tuyen.rules import network as rules


class Score(NamedTuple):
    """A criterion of a site. ``points`` None: not known. ``raw`` is what was measured or answered, in
    ``unit`` (minutes, share, answer, lines, posts, points); ``source`` says whence: registry, review,
    workforce, supervision, stated."""

    criterion: str
    points: float | None
    raw: str | float | None
    unit: str
    source: str
    confidence: str
    on: date | None
    evidence: str = ""


class Facts(NamedTuple):
    """What other rooms know of sites: per cent of their last supervision visit, and its day."""

    supervised: Mapping[UUID, tuple[float, date]]
    staff: Mapping[UUID, SiteStaff]


def scores(
    ground: Ground, reviews: Mapping[UUID, SiteReview], facts: Facts
) -> dict[UUID, list[Score]]:
    """The criteria of each site in the order of the rules."""
    near = float(rules.norm("reach_near", ground.on))
    mean, share = engine.reach_within(
        ground.minutes, ground.people, ground.home, ground.own, near
    ) if len(ground.sites) else (np.zeros(0), np.zeros(0))  # fmt: skip
    found = {}
    for n, site in enumerate(ground.sites):
        review = reviews.get(site)
        measured = {
            "central": _measured("central", mean[n], "minutes", ground.on),
            "density": _measured("density", share[n], "share", ground.on),
            "transport": _transport(review),
            "infrastructure": _infrastructure(site, review, facts),
            "staff": _staff(facts.staff.get(site, NOBODY)),
        }
        found[site] = [_stated(measured[one.key], review) for one in rules.criteria()]
    return found


def table(found: Mapping[UUID, Sequence[Score]], sites: Sequence[UUID]) -> NDArray[np.float64]:
    """(n, 5) points, NaN where not known."""
    rows = [[np.nan if s.points is None else s.points for s in found[site]] for site in sites]
    return np.array(rows, float).reshape(len(rows), len(rules.criteria()))


def _measured(key: str, raw: float, unit: str, on: date) -> Score:
    rule = next(one for one in rules.criteria() if one.key == key)
    if not np.isfinite(raw):
        return Score(key, None, None, unit, "registry", "", None)
    points = engine.scaled(np.array([raw]), float(rule.worst or 0), float(rule.best or 0))
    return Score(key, float(points[0]), float(raw), unit, "registry", "M", on)


def _transport(review: SiteReview | None) -> Score:
    if review is None or not review.transport:
        return Score("transport", None, None, "answer", "review", "", None)
    points = rules.answers("transport")[review.transport].points
    return Score("transport", points, review.transport, "answer", "review", "M", review.on)


def _infrastructure(site: UUID, review: SiteReview | None, facts: Facts) -> Score:
    if review is not None and review.conditions:
        levels = rules.answers("levels")
        points = [levels[level].points for level in review.conditions.values()]
        lines = f"{len(points)}/{len(rules.answers('readiness'))}"
        sure = "M" if 2 * len(points) >= len(rules.answers("readiness")) else "L"
        return Score("infrastructure", sum(points) / len(points), lines, "lines", "review", sure,
                     review.on)  # fmt: skip
    if site in facts.supervised:
        percent, on = facts.supervised[site]
        return Score("infrastructure", percent, percent, "points", "supervision", "L", on)
    return Score("infrastructure", None, None, "lines", "review", "", None)


def _staff(staff: SiteStaff) -> Score:
    if not staff.source:
        return Score("staff", None, None, "posts", "review", "", None)
    wanted = {key: post.least for key, post in rules.posts().items() if post.least}
    filled = sum(min(staff.posts.get(key, 0), least) for key, least in wanted.items())
    of = sum(wanted.values())
    sure = "H" if staff.source == "workforce" else "M"
    return Score(
        "staff", 100 * filled / of, f"{filled}/{of}", "posts", staff.source, sure, staff.on
    )


def _stated(score: Score, review: SiteReview | None) -> Score:
    """What the reviewer stated in place of the measure, or its evidence beside it."""
    if review is None or score.criterion not in review.stated:
        return score
    points, evidence = review.stated[score.criterion]
    if points is None:
        return score._replace(evidence=evidence)
    return score._replace(
        points=float(points), raw=float(points), unit="points", source="stated", confidence="M",
        on=review.on, evidence=evidence,
    )  # fmt: skip
