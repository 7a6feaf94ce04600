"""What the generators need to know of the real map: communes before and after a merger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from tuyen.engines.synthetic.streams import Floats, Ints
from tuyen.kernel.refusal import BadInput

Kind = Literal["commune", "ward", "town", "special_zone"]

KM_PER_DEGREE = 111.2  # of latitude


class FormerCommune(NamedTuple):
    """A commune until the merger, and the code of the one that took it in."""

    code: str
    name: str  # without its kind: "Nà Hỳ"
    kind: Kind
    lon: float
    lat: float
    district: str  # without its kind; "" where unknown
    successor: str


class Commune(NamedTuple):
    """A commune since the merger."""

    code: str
    name: str
    kind: Kind
    lon: float
    lat: float


@dataclass(frozen=True)
class Gazetteer:
    """One province: its former communes (the order is kept) and their successors."""

    former: Sequence[FormerCommune]
    communes: Sequence[Commune]
    successor: Ints = field(init=False, repr=False)  # (f,) position in ``communes``

    def __post_init__(self) -> None:
        place = {commune.code: n for n, commune in enumerate(self.communes)}
        if not self.former or len(place) != len(self.communes):
            raise BadInput(what="the gazetteer is empty or has a commune code twice")
        for old in self.former:
            if old.successor not in place:
                raise BadInput(
                    what=f"former commune {old.code} {old.name} became {old.successor},"
                    " which is not among the communes; add it or correct the code"
                )
        successor = np.array([place[old.successor] for old in self.former], np.int64)
        if np.unique(successor).size != len(self.communes):
            raise BadInput(what="a commune has no former commune; every one needs at least one")
        object.__setattr__(self, "successor", successor)

    def position(self, code: str) -> int:
        """Position of commune ``code``; 0 where the province has no such commune."""
        return next((n for n, commune in enumerate(self.communes) if commune.code == code), 0)


def spots(gazetteer: Gazetteer) -> Floats:
    """(f, 2) longitude and latitude of the centre of each former commune, all distinct.

    Public coordinates put several communes on one point (a failed look-up falls back on the
    town). Those are laid on a ring around their successor's centre instead.
    """
    places = np.array([[old.lon, old.lat] for old in gazetteer.former], float)
    _, which, times = np.unique(places.round(3), axis=0, return_inverse=True, return_counts=True)
    twice = np.flatnonzero(times[which.ravel()] > 1)
    for turn, n in enumerate(twice):
        centre = gazetteer.communes[gazetteer.successor[n]]
        angle, radius = 2.4 * turn, 2.0 + 0.3 * (turn % 5)  # 2.4 rad: neighbours in turn spread out
        places[n] = (
            centre.lon + radius * np.cos(angle) / (KM_PER_DEGREE * np.cos(np.radians(centre.lat))),
            centre.lat + radius * np.sin(angle) / KM_PER_DEGREE,
        )
    return places


def kilometres(one: Floats, other: Floats) -> Floats:
    """(n, m) distances between (n, 2) and (m, 2) longitudes and latitudes, on a flat map."""
    shrink = np.cos(np.radians(one[:, 1].mean()))
    gap = (one[:, None, :] - other[None, :, :]) * [KM_PER_DEGREE * shrink, KM_PER_DEGREE]
    return np.sqrt((gap**2).sum(axis=2))
