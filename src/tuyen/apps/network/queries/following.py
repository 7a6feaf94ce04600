"""Where the chronic patients of a point can be followed: the main station, a point on its days, a mobile round.

A patient whose village has none of the three within reach has lost any place, and stands first. Minutes are those
of the travel surface where one is loaded, else of the straight way, lengthened; the page says which.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.network import places, ways
from tuyen.apps.network.ground import USUAL_TERRAIN, way_of
from tuyen.apps.network.models import OutreachPlan
from tuyen.apps.network.queries.outreach import (
    READ_OUTREACH,
    attached_patients,
    standing_functions,
)
from tuyen.apps.network.ways import Way
from tuyen.engines.network.suitability import kilometres
from tuyen.rules import network as rules

CHRONIC = "chronic"


class Followed(NamedTuple):
    """A patient with where they are followed by the record (``unit_name``, ``gone`` where that unit is no more
    on the map of the day) and what is within reach of the village: ``station`` minutes to the main station,
    ``point`` minutes to the nearest open point that does chronic diseases and its name and weekdays, ``mobile``
    the next day on which a team in force comes. None: not within reach."""

    patient: clinical.PatientRow
    unit_name: str
    gone: bool
    station: int | None
    point: int | None
    point_name: str
    point_days: tuple[int, ...]
    mobile: date | None

    @property
    def lost(self) -> bool:
        return self.station is None and self.point is None and self.mobile is None


class Following(NamedTuple):
    """``limit``: minutes that count as within reach; ``unplaced``: patients whose village has no coordinates
    or is none on record, of whom nothing within reach is known."""

    rows: tuple[Followed, ...]
    limit: int
    way: Way
    unplaced: int

    @property
    def lost(self) -> int:
        return sum(one.lost for one in self.rows)

    @property
    def gone(self) -> int:
        return sum(one.gone for one in self.rows)


def following(*, by: Actor, unit: UUID, point: UUID, on: date) -> Following | None:
    """The chronic patients attached to a point, who lost any place first, then the next due; None where the
    reader may not see them. A constant number of queries. The door that shows it notes the reading."""
    policies.check(by, READ_OUTREACH, unit)
    patients = attached_patients(by=by, unit=unit, point=point, on=on)
    if patients is None:
        return None
    atlas = places.atlas()
    open_ = {
        id: days for id, (functions, days) in
        standing_functions(sorted(atlas.subjects(unit, "satellite_of", on)), on).items()
        if days and CHRONIC in functions
    }  # fmt: skip
    sites = [unit, *open_]
    villages = sorted({one.place for one in patients if one.place is not None})
    minutes, way = minutes_between(by, villages, sites, on)
    limit, rounds = int(rules.outreach("reach", on)), _rounds(unit, on)
    where = {id: n for n, id in enumerate(villages)}
    rows, unplaced = [], 0
    for one in patients:
        told = minutes[where[one.place]] if one.place in where else np.full(len(sites), np.nan)
        unplaced += not np.isfinite(told).any()
        rows.append(_followed(atlas, one, told, sites, open_, limit, rounds, on))
    rows.sort(key=lambda one: (not one.lost, not one.gone, one.patient.due_on, one.patient.name))
    return Following(tuple(rows), limit, way, unplaced)


def _followed(
    atlas: Any, one: clinical.PatientRow, minutes: NDArray[np.float64], sites: Sequence[UUID],
    open_: Mapping[UUID, tuple[int, ...]], limit: int, rounds: Mapping[UUID, date], on: date,
) -> Followed:  # fmt: skip
    near = [round(m) if np.isfinite(m) and m <= limit else None for m in minutes.tolist()]
    at_points = [(m, site) for m, site in zip(near[1:], sites[1:], strict=True) if m is not None]
    best, site = min(at_points, key=lambda pair: (pair[0], str(pair[1])), default=(None, None))
    gone = not atlas.valid(one.unit, on)
    unit = atlas.standing_for(one.unit, on) if gone else one.unit
    return Followed(
        one, atlas.full_name(unit, on), gone, near[0], best, atlas.full_name(site, on) if site else "",
        open_[site] if site else (), rounds.get(one.place) if one.place else None,
    )  # fmt: skip


def _rounds(unit: UUID, on: date) -> dict[UUID, date]:
    """Village -> the next day on which a team comes by a plan in force: one query."""
    held = OutreachPlan.objects.filter(
        unit_id=unit, state="in-force", starts__gt=on - timedelta(days=35)
    )
    found: dict[UUID, date] = {}
    for rounds in held.values_list("rounds", flat=True):
        for one in rounds:
            day = date.fromisoformat(one["day"])
            for village in map(UUID, one["stops"]) if day >= on else ():
                found[village] = min(day, found.get(village, day))
    return found


def minutes_between(
    by: Actor, villages: Sequence[UUID], sites: Sequence[UUID], on: date
) -> tuple[NDArray[np.float64], Way]:
    """(v, n) minutes by the usual means and the season of the day, and by what they were measured; NaN where
    one has no coordinates. One query."""
    atlas = places.atlas()
    at, to = (
        np.array([atlas.point(id, on) or (np.nan, np.nan) for id in ids], float).reshape(-1, 2)
        for ids in (villages, sites)
    )
    way, loaded = way_of(by=by, on=on)
    if loaded is not None and len(at) and len(to):
        known = [np.isfinite(points).all(axis=1) for points in (at, to)]
        asked = [[(lon, lat) for lon, lat in points[good].tolist()]
                 for points, good in zip((at, to), known, strict=True)]  # fmt: skip
        table = ways.between(loaded, ways.speeds(way.mode, way.season, on), asked[0], asked[1])
        if table is not None:
            found = np.full((len(at), len(to)), np.nan)
            found[np.ix_(*known)] = table
            return found, way
        way = way._replace(kind="straight", why="waits" if loaded.here else "file")
    pace = 60 * float(rules.norm("detour", on)) / float(rules.norm("speed", on)[USUAL_TERRAIN])
    km = kilometres(at, to) if len(at) and len(to) else np.empty((len(at), len(to)))
    return km * pace, way
