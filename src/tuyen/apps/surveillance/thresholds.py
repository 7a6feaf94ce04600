"""Which p-value each detector rings below, commune by commune: the shipped one, or one decided."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import OperatingPoint
from tuyen.engines.surveillance.ears import ALPHA
from tuyen.rules.surveillance.detectors import commune_sizes, detectors

Floats = NDArray[np.float64]
Pair = tuple[str, UUID]
SEASONAL = "FAR-FLEX"
MOVABLE = (SEASONAL, "EARS-C1", "EARS-C2", "EARS-C3")
SIZES = ("small", "medium", "large")
_GUIDES = 2.5  # between the levels of areas


class Point(NamedTuple):
    """A decision as it stands."""

    id: UUID
    unit: UUID
    rule: str
    disease: str
    size: str
    level: float | None
    since: date
    author: UUID | None
    reason: str


def shipped(rule: str, on: date) -> float | None:
    """The level of the rule files; None where the detector is out of use."""
    settings = detectors(on)
    if rule == SEASONAL:
        return float(settings.farrington["alpha"]) if settings.farrington else None
    method = rule.removeprefix("EARS-")
    return ALPHA[method] if method in settings.ears_methods else None


class Decided:
    """The decisions that hold on a day, laid over the communes of its map: one query."""

    def __init__(self, map_: Any, on: date) -> None:
        self.map, self.on = map_, on
        columns = (
            "id",
            "unit_id",
            "rule",
            "disease",
            "size",
            "level",
            "since",
            "author_id",
            "reason",
        )
        rows = OperatingPoint.objects.filter(since__lte=on).order_by("rank")
        latest = {row[1:5]: Point(*row) for row in fetch(rows.values_list(*columns))}
        self.points = [point for point in latest.values() if point.level is not None]
        self._reach = {
            point.unit: communes_under(map_, point.unit, on) for point in self.points
        }  # fmt: skip
        # The widest first: each nearer one is laid over it. A facility that guides communes stands
        # between a province and a commune.
        self.points.sort(
            key=lambda p: (
                map_.level(p.unit, on) or _GUIDES, -len(self._reach[p.unit]), bool(p.disease),
                bool(p.size),
            )
        )  # fmt: skip
        self.sizes = sizes(map_, on) if any(point.size for point in self.points) else {}

    def levels(self, rule: str, pairs: Sequence[Pair], otherwise: float) -> Floats:
        """(m,) the level of each pair of a disease and a commune of the day's map."""
        found = np.full(len(pairs), otherwise)
        for point in self.points:
            if point.rule != rule or point.level is None:
                continue
            inside = self._reach[point.unit]
            for i, (disease, commune) in enumerate(pairs):
                if commune in inside and self._fits(point, disease, commune):
                    found[i] = point.level
        return found

    def at(self, rule: str, disease: str, commune: UUID) -> Point | None:
        """The decision that a pair is judged by; None where the shipped level holds."""
        last = None
        for point in self.points:
            inside = commune in self._reach[point.unit]
            if point.rule == rule and inside and self._fits(point, disease, commune):
                last = point
        return last

    def _fits(self, point: Point, disease: str, commune: UUID) -> bool:
        return point.disease in ("", disease) and (
            not point.size or self.sizes.get(commune) == point.size
        )


def communes_under(map_: Any, unit: UUID, on: date) -> frozenset[UUID]:
    """The communes that a decision of a unit holds for: those in an area, or those it guides."""
    return frozenset(places.communes_of(map_, unit, on, "guided"))


def sizes(map_: Any, on: date) -> dict[UUID, str]:
    """Small, medium or large, by the people of each commune of the day's map."""
    medium, large = commune_sizes(on)
    people = places.people_in(on, on)
    return {
        commune: SIZES[(people.get(commune, 0) >= medium) + (people.get(commune, 0) >= large)]
        for commune in map_.communes(on)
    }


__all__ = ["MOVABLE", "SEASONAL", "SIZES", "Decided", "Point", "communes_under", "shipped", "sizes"]
