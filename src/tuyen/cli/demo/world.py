"""The real map of a province, as the generators take it."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.registry import geometry
from tuyen.engines.synthetic.gazetteer import Commune, FormerCommune, Gazetteer, Kind
from tuyen.rules.registry import gazetteer as published


def gazetteer_of(code: str) -> Gazetteer:
    """The communes of province ``code`` before and after the merger, their points set right."""
    part = published.load(code)
    places = {commune.key: n for n, commune in enumerate(part.communes)}
    heir = {link.predecessor: places[link.successor] for link in part.links if link.main}
    former = [old for old in part.former_communes if old.key in heir and old.code]
    successor = np.array([heir[old.key] for old in former], np.int64)
    settled = geometry.settle(
        _points(former), successor, _points(part.communes),
        np.array([c.area_km2 or np.nan for c in part.communes], float),
    )  # fmt: skip
    districts = {district.key: district.name for district in part.districts}
    return Gazetteer(
        [
            FormerCommune(old.code or "", old.name, cast(Kind, old.kind), round(lon, 5), round(lat, 5),
                          districts.get(old.district or "", ""), part.communes[n].code or "")
            for old, (lon, lat), n in zip(former, settled.former.tolist(), successor.tolist(),
                                          strict=True)
        ],
        [
            Commune(new.code or "", new.name, cast(Kind, new.kind), round(lon, 5), round(lat, 5))
            for new, (lon, lat) in zip(part.communes, settled.current.tolist(), strict=True)
        ],
    )  # fmt: skip


def _points(units: Sequence[Any]) -> NDArray[np.float64]:
    """(n, 2) longitude and latitude, NaN where unknown."""
    unknown = float("nan")
    return np.array(
        [
            (unknown, unknown) if unit.lon is None or unit.lat is None else (unit.lon, unit.lat)
            for unit in units
        ],
        np.float64,
    )
