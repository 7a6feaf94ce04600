"""Clusters of neighbouring communes in the weeks just past, on the map of the day."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.detection import Finding
from tuyen.apps.surveillance.queries.asof import AsOf, as_of
from tuyen.engines.surveillance.clusters import Cluster, scan
from tuyen.engines.surveillance.zones import Zones, nearest_by
from tuyen.kernel.ids import derived_id
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import Clusters, clusters

RULE, METHOD = "SCAN-ST", "space-time-permutation/1"
_EARTH = 6371.0  # km
Floats = NDArray[np.float64]


class _Ground(NamedTuple):
    """The communes that have a place on the map."""

    rows: list[int]  # among those of the counts
    apart: Floats  # (n, n) km
    zones: Zones


def find(on: date, at: datetime) -> list[Finding]:
    """Clusters that chance would show in less than one of so many nights; one query.

    A disease is scanned where the longest cluster's weeks hold enough cases. Draws are seeded by
    disease and day, so that looking again finds the same.
    """
    settings = clusters(on)
    first = on - timedelta(days=on.weekday() + 7 * (settings.weeks - 1))
    seen = as_of(by=Actor.program(on), at=at, first=first, last=on, map_on=on)
    ground = _ground(places.atlas(), seen.communes, on, settings)
    if ground is None:
        return []
    found = []
    for k, disease in enumerate(seen.diseases):
        table = seen.cases[ground.rows, k].T.astype(np.float64)  # (weeks, communes)
        if table[-settings.longest :].sum() < settings.fewest:
            continue
        seed = derived_id(UUID(int=0), RULE, disease, on).int % 2**32
        circles = scan(
            table, np.ones_like(table), ground.zones, "permutation", durations=settings.longest,
            replicates=settings.replicates, hopeless=settings.hopeless, most=3,
            rng=np.random.default_rng(seed),
        )  # fmt: skip
        found += [
            _finding(seen, disease, circle, ground, on)
            for circle in circles
            if circle.observed >= settings.fewest and 1 / circle.p >= settings.recurrence
        ]
    return found


def _finding(seen: AsOf, disease: str, circle: Cluster, ground: _Ground, on: date) -> Finding:
    members = [seen.communes[ground.rows[n]] for n in circle.places]
    week: Period = seen.periods[-1]
    start = seen.periods[-circle.duration].start
    radius = float(ground.apart[circle.places[0], list(circle.places)].max())
    return Finding(
        RULE, disease, members[0], week, "signal", int(circle.observed),
        round(circle.expected, 4), None,
        {
            "p": round(float(circle.p), 5),
            "recurrence": round(1 / float(circle.p)),
            "score": round(circle.score, 4),
            "communes": len(members),
            "members": " ".join(map(str, members)),
            "radius": round(radius, 1),
            "weeks": circle.duration,
            "from": f"{start:%d/%m/%Y}",
            "to": on.isoformat(),
        },
        METHOD,
    )  # fmt: skip


def _ground(map_: Any, communes: list[UUID], on: date, settings: Clusters) -> _Ground | None:
    points = [map_.point(commune, on) for commune in communes]
    rows = [n for n, point in enumerate(points) if point is not None]
    if len(rows) < 2:
        return None
    degrees = np.radians([[points[n][0], points[n][1]] for n in rows])
    longitude, latitude = degrees.T
    half = (
        np.sin((latitude[:, None] - latitude) / 2) ** 2
        + np.cos(latitude[:, None]) * np.cos(latitude)
        * np.sin((longitude[:, None] - longitude) / 2) ** 2
    )  # fmt: skip
    apart = 2 * _EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return _Ground(rows, apart, nearest_by(apart, most=min(settings.nearest, len(rows) - 1)))
