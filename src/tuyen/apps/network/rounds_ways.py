"""The ways that a month of rounds is planned with: over the loaded surface where there is one, else straight.

They are kept with the plan (:class:`PlannedWays`), for a plan is driven again from what it was made from: a
surface that comes or goes later changes no month, and a journal is replayed without any raster.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, ways
from tuyen.apps.network.ground import way_of
from tuyen.apps.network.operations import KindWays, PlannedWays
from tuyen.engines.network.placing import Placed
from tuyen.engines.network.suitability import kilometres
from tuyen.rules import network as rules
from tuyen.rules.immunization.sessions import wet_months

Numbers = NDArray[np.float64]
LONGEST = 600.0
"""Minutes beyond which no round has use for a way: longer than any team is out in a day."""


def season_of(on: date) -> str:
    """Dry or wet, as the session planner has the months."""
    return "wet" if on.month in wet_months(on) else "dry"


def pace(kind: str, on: date, season: str = "") -> float:
    """Kilometres an hour of a kind of team in a season; that of the day where none is named."""
    return float(rules.outreach("speed", on)[kind][season or season_of(on)])


def measured(
    points: Sequence[UUID], kinds: Iterable[str], *, on: date, today: date, season: str = ""
) -> PlannedWays:
    """The ways between points by the teams' own means in a season: one computation for each kind, from
    all points at once. Straight ones are not carried: they follow from the map. One query."""
    season = season or season_of(on)
    way, loaded = way_of(by=Actor.program(today), on=on, season=season)
    straight = PlannedWays(season=season, why=way.why)  # type: ignore[arg-type]
    if loaded is None or way.kind != "surface":
        return straight
    atlas = places.atlas()
    at = np.array([atlas.point(id, on) or (np.nan, np.nan) for id in points], float).reshape(-1, 2)
    told = []
    for kind in dict.fromkeys(kinds):
        land = ways.opened(loaded, ways.speeds(kind, season, on))
        if land is None:
            return PlannedWays(season=season, why="file")  # type: ignore[arg-type]
        minutes = _whole(_over(land, at))
        told.append(KindWays(kind=kind, minutes=tuple(minutes.ravel().tolist())))  # type: ignore[arg-type]
    return PlannedWays(
        season=season, surface=loaded.id, title=loaded.title[:200], loaded_on=loaded.loaded_on,  # type: ignore[arg-type]
        made_up=loaded.made_up, points=tuple(points), minutes=tuple(told),
    )  # fmt: skip


def _over(land: Placed, at: Numbers) -> Numbers:
    """(m, m) minutes over a surface, walked from the place and to it; not finite where no way is."""
    found = np.full((len(at), len(at)), np.inf)
    known = np.flatnonzero(np.isfinite(at).all(axis=1))
    if not known.size:
        return found
    cells = land.cells(at[known])
    minutes = land.pairs(cells, cells, LONGEST) + land.walked(cells)[None, :]
    np.fill_diagonal(minutes, 0.0)
    found[np.ix_(known, known)] = minutes
    return found


def _whole(minutes: Numbers) -> NDArray[np.int64]:
    good = np.isfinite(minutes)
    return np.where(good, np.round(np.where(good, minutes, 0)), -1).astype(np.int64)


def between(
    points: Sequence[UUID], kinds: Sequence[str], told: PlannedWays | None, on: date
) -> Numbers:
    """(T, m, m) minutes of each team's kind between points: those that were kept, else straight ones."""
    if told is not None and told.surface is not None:
        kept = {one.kind: one.minutes for one in told.minutes}
        where = {id: n for n, id in reversed(list(enumerate(told.points)))}
        rows = np.array([where.get(id, -1) for id in points], int)
        return np.array([_kept(kept.get(kind), len(told.points), rows) for kind in kinds]).reshape(  # type: ignore[call-overload]
            len(kinds), len(points), len(points)
        )
    atlas = places.atlas()
    at = np.array([atlas.point(id, on) or (np.nan, np.nan) for id in points], float).reshape(-1, 2)
    km = kilometres(at, at) * float(rules.norm("detour", on)) if len(at) else np.zeros((0, 0))
    season = "" if told is None else told.season
    found = [60 * km / pace(kind, on, season) for kind in kinds]
    return np.array(found).reshape(len(kinds), len(points), len(points))


def _kept(minutes: Sequence[int] | None, m: int, rows: NDArray[np.int64]) -> Numbers:
    """Kept minutes among the asked points; a point that the plan does not know has no way."""
    if minutes is None or len(minutes) != m * m:
        return np.full((len(rows), len(rows)), np.inf)
    table = np.array(minutes, float).reshape(m, m)
    table[table < 0] = np.inf
    found = table[np.ix_(rows, rows)]
    found[rows < 0, :] = np.inf
    found[:, rows < 0] = np.inf
    return found
