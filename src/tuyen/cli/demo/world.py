"""The real map of a province, as the generators take it."""

import numpy as np

from tuyen.engines.registry import geometry
from tuyen.engines.synthetic.gazetteer import Commune, FormerCommune, Gazetteer
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
            FormerCommune(old.code or "", old.name, old.kind, round(lon, 5), round(lat, 5),
                          districts.get(old.district or "", ""), part.communes[n].code or "")
            for old, (lon, lat), n in zip(former, settled.former.tolist(), successor.tolist(),
                                          strict=True)
        ],
        [
            Commune(new.code or "", new.name, new.kind, round(lon, 5), round(lat, 5))
            for new, (lon, lat) in zip(part.communes, settled.current.tolist(), strict=True)
        ],
    )  # fmt: skip


def _points(units: object) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array(
        [(u.lon if u.lon is not None else np.nan, u.lat if u.lat is not None else np.nan)
         for u in units], float,  # type: ignore[attr-defined]
    )  # fmt: skip
