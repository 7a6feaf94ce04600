"""The review of the network as it is read: sites, what is known of each, how they rank."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.network.criteria import NationalScore, national_score
from tuyen.apps.network.ground import Ground, ground
from tuyen.apps.network.models import SitePhotograph, SiteReview
from tuyen.apps.network.queries.scoring import Facts, Score, scores, table
from tuyen.apps.network.staffing import SiteStaff, staff_at
from tuyen.apps.network.ways import Way
from tuyen.apps.supply import queries as supply
from tuyen.engines.network import suitability as engine
from tuyen.engines.network.choice import verdict
from tuyen.rules import network as rules

READ = "network.site.read"
REVIEW = "network.site.review"
DRAWS, SEED = 500, 7
"""How many weights are drawn for the robustness of a ranking, always the same ones."""


class SiteRow(NamedTuple):
    """A site with its criteria, and where it stands in its commune."""

    unit: UUID
    name: str
    type: str
    commune: UUID
    commune_name: str
    review: UUID | None
    reviewed_on: date | None
    scores: Sequence[Score]
    total: float
    order: int
    rivals: int
    share: float
    verdict: str  # "only", "clear", "leaning" or "discuss"
    beaten_by: str
    zone: int

    @property
    def known(self) -> int:
        return sum(one.points is not None for one in self.scores)


class ZoneRow(NamedTuple):
    """Stations of a zone by the national criteria: how many there are, have all criteria marked, and pass."""

    zone: int
    stations: int
    marked: int
    passing: int


class Network(NamedTuple):
    """All sites in reach. ``reviewed`` of ``len(rows)``; ``unplaced`` people whose way is not known;
    ``national`` the zones in which there are stations."""

    rows: Sequence[SiteRow]
    reviewed: int
    unplaced: int
    weights: Sequence[float]
    way: Way
    national: Sequence[ZoneRow]

    @property
    def percent(self) -> float | None:
        """Completeness of the review, never rounded up to 100."""
        return 100 * self.reviewed / len(self.rows) if self.rows else None


class ReviewRow(NamedTuple):
    """A review as it stands on the page of its site; costs in million VND."""

    id: UUID
    on: date
    transport: str
    terrain: str
    conditions: dict[str, str]
    staff: dict[str, int]
    national: dict[str, int]
    stated: dict[str, Sequence[object]]
    refurbish: int | None
    run_main: int | None
    run_satellite: int | None
    capacity: int | None
    note: str
    state: str
    ended_on: date | None
    reason: str
    author: str
    photographs: Sequence[tuple[UUID, str, str]]


class SitePage(NamedTuple):
    row: SiteRow
    reviews: Sequence[ReviewRow]
    national: NationalScore | None
    rivals: Sequence[SiteRow]
    way: Way


def standing(on: date) -> dict[UUID, SiteReview]:
    """The review that counts for each site on a day. One query."""
    found: dict[UUID, SiteReview] = {}
    rows = SiteReview.objects.filter(state="standing", on__lte=on).order_by(
        "on", "changed_at", "id"
    )
    for row in rows:
        found[row.unit_id] = row
    return found


class Conditions(NamedTuple):
    """How a reviewer found the lines of readiness of a site: line -> good, part or none."""

    review: UUID
    on: date
    levels: dict[str, str]


def conditions(*, by: Actor, on: date) -> dict[UUID, Conditions]:
    """What the standing review of each site in reach says of its building. One query."""
    scope = policies.scope(by, READ)
    return {
        unit: Conditions(row.pk, row.on, row.conditions)
        for unit, row in standing(on).items()
        if scope.covers(unit)
    }


class Measured(NamedTuple):
    """The ground, the reviews, the criteria and the staff of every site."""

    ground: Ground
    reviews: dict[UUID, SiteReview]
    scores: dict[UUID, list[Score]]
    staff: dict[UUID, SiteStaff]


def measured(*, by: Actor, on: date) -> Measured:
    """What is known of the sites on a day. Seven queries."""
    reviews = standing(on)
    terrain = {id: row.terrain for id, row in reviews.items() if row.terrain}
    here = ground(by=by, on=on, terrain=terrain)
    visits = supply.sites(by=by, on=on) if policies.scope(by, supply.SUPERVISION) else []
    told = {v.unit: (v.percent, v.on) for v in visits if v.percent is not None and v.on}
    staff = staff_at(by=by, on=on, sites=here.sites, reviews=reviews)
    return Measured(here, reviews, scores(here, reviews, Facts(told, staff)), staff)


def network(*, by: Actor, on: date, weights: Sequence[float] | None = None) -> Network:
    """Every site in reach, ranked in its commune under open weights (those of the rules for None)."""
    scope = policies.scope(by, READ)
    here, reviews, found, _staff = measured(by=by, on=on)
    held = list(weights or [one.weight for one in rules.criteria()])
    ranking = engine.rank(
        table(found, here.sites), here.own, np.array(held, float), draws=DRAWS, seed=SEED
    )
    size: dict[int, int] = defaultdict(int)
    for commune in here.own:
        size[int(commune)] += 1
    atlas = places.atlas()
    rows = []
    for n, site in enumerate(here.sites):
        if not scope.covers(site):
            continue
        own = int(here.own[n])
        review, commune = reviews.get(site), here.communes[own]
        better = int(ranking.beaten[n])
        rows.append(SiteRow(
            site, places.name(site, on), atlas.type(site, on), commune, places.name(commune, on),
            review.pk if review else None, review.on if review else None, found[site],
            float(ranking.total[n]), int(ranking.order[n]), size[own], float(ranking.share[n]),
            verdict(float(ranking.share[n])) if size[own] > 1 else "only",
            places.name(here.sites[better], on) if better >= 0 else "",
            rules.zone(here.terrain[n], float(here.centre_km[n]), on),
        ))  # fmt: skip
    return Network(rows, sum(row.review is not None for row in rows), here.unplaced, held, here.way,
                   _by_zone(rows, reviews, on))  # fmt: skip


def _by_zone(
    rows: Sequence[SiteRow], reviews: Mapping[UUID, SiteReview], on: date
) -> Sequence[ZoneRow]:
    """The stations among the rows by zone."""
    found: dict[int, list[bool | None]] = defaultdict(list)
    for row in rows:
        if row.type == "station":
            review = reviews.get(row.unit)
            score = national_score(review.national, on, row.zone) if review else None
            found[row.zone].append(score.passes if score else None)
    return [
        ZoneRow(zone, len(told), sum(one is not None for one in told), sum(one is True for one in told))
        for zone, told in sorted(found.items())
    ]  # fmt: skip


def site(*, by: Actor, unit: UUID, on: date) -> SitePage | None:
    """A site with its reviews, newest first, and its rivals in the commune; None out of reach."""
    if not policies.scope(by, READ).covers(unit):
        return None
    whole = network(by=by, on=on)
    row = next((one for one in whole.rows if one.unit == unit), None)
    if row is None:
        return None
    held = list(SiteReview.objects.filter(unit_id=unit, on__lte=on).order_by("-on", "-changed_at"))
    names = access.names({one.author_id for one in held})
    pictures: dict[UUID, list[tuple[UUID, str, str]]] = defaultdict(list)
    seen = SitePhotograph.objects.filter(unit_id=unit).order_by("taken_on", "id")
    for id, review, criterion, caption in seen.values_list(
        "id", "review_id", "criterion", "caption"
    ):
        pictures[review].append((id, criterion, caption))
    reviews = [_review(one, names.get(one.author_id, ""), pictures[one.pk]) for one in held]
    now = next((one for one in reviews if one.id == row.review), None)
    rivals = sorted((one for one in whole.rows if one.commune == row.commune),
                    key=lambda one: one.order)  # fmt: skip
    return SitePage(
        row, reviews, national_score(now.national, on, row.zone) if now else None, rivals, whole.way
    )


def _review(
    row: SiteReview, author: str, photographs: Sequence[tuple[UUID, str, str]]
) -> ReviewRow:
    return ReviewRow(
        row.pk, row.on, row.transport, row.terrain, row.conditions, row.staff, row.national,
        row.stated, row.refurbish, row.run_main, row.run_satellite, row.capacity, row.note,
        row.state, row.ended_on, row.reason, author, photographs,
    )  # fmt: skip


def site_photograph(*, by: Actor, id: UUID) -> bytes | None:
    """A photograph of a site in reach."""
    scope = policies.scope(by, READ)
    held = SitePhotograph.objects.filter(scope.where("unit_id"), pk=id).values_list(
        "jpeg", flat=True
    )
    found = held.first()
    return None if found is None else bytes(found)
