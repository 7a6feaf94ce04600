"""The country's areas as operations: both maps, and the reorganisation that joins them.

Ids are made from the keys of the gazetteer (:mod:`tuyen.rules.registry.gazetteer`), so that every
node of the nation knows a commune by the same id, and loading a province again changes nothing.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tuyen.apps.registry.operations import (
    ChangeUnit,
    Code,
    CreateUnit,
    Gift,
    Opening,
    Point,
    Reorganise,
    SetBoundary,
    Tie,
)
from tuyen.apps.registry.vocabulary import LIES_IN
from tuyen.engines.registry import geometry
from tuyen.engines.registry.boundaries import to_geojson
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules.registry import gazetteer
from tuyen.rules.registry.gazetteer import CHANGE, SOURCE, Gazetteer, Link

Places = dict[str, tuple[float, float]]
LARGEST = 150  # links in one decision: about half of what an operation may hold

COUNTRY = UUID("3a0f3c1e-3b7b-5d53-9a6c-6f1f6a6c7e01")
"""Namespace of the ids of administrative areas."""


def area_id(key: str) -> UUID:
    """The id of an area by its gazetteer key: "p11", "c03127", "c03127.old", "d094.old"."""
    return derived_id(COUNTRY, key)


def area_operations(province: str | None, recorded_at: datetime) -> list[Operation]:
    """Everything that puts one province of today (two-digit code), or the country, on the map.

    Former areas come first, as they stood before 2025-07-01; then the reorganisation of that day,
    one decision for each group of communes that a succession joins.

    Raises
    ------
    KeyError
        If no province of today has this code.
    """
    part = gazetteer.load(province)
    at = _places(part)
    create = [_create(p, "administrative.province", (), at) for p in _opening_provinces(part)]
    create += [_create(d, "administrative.district", (d.province,), at) for d in part.districts]
    create += [
        _create(c, "administrative.commune", (c.district or c.province,), at)
        for c in part.former_communes
    ]
    payloads = [*create, *_decisions(part, at)]
    return [_operation(id, payload, recorded_at) for id, payload in payloads]


def outline_operations(province: str, recorded_at: datetime) -> list[Operation]:
    """Outlines of a province's communes on both maps, derived from their points: enough to read
    a map by, until real boundaries are imported over them."""
    part = gazetteer.load(province)
    former = [c for c in part.former_communes if c.district is not None]
    rows = {c.key: n for n, c in enumerate(former)}, {c.key: n for n, c in enumerate(part.communes)}
    at = _settled(part)
    drawn = geometry.derive(
        np.array([at[c.key] for c in former]),
        np.array([at[c.key] for c in part.communes]),
        np.array([c.area_km2 or np.nan for c in part.communes], float),
        [(rows[0][link.predecessor], rows[1][link.successor]) for link in part.links],
        tolerance_km=0.1,
    )
    pairs = [
        *zip(former, drawn.former, strict=True),
        *zip(part.communes, drawn.current, strict=True),
    ]
    plain = to_geojson((shape for _, shape in pairs), ({} for _ in pairs), decimals=4)["features"]
    operations = []
    for (area, _), feature in zip(pairs, plain, strict=True):
        payload = SetBoundary(
            unit=area_id(area.key),
            geometry=json.dumps(feature["geometry"], separators=(",", ":")),
            source="derived from coordinates",
            derived=True,
        )
        id = derived_id(COUNTRY, "outline", area.key)
        operations.append(
            Operation.of(
                payload, id=id, unit=area_id(area.key), happened_on=CHANGE, recorded_at=recorded_at
            )
        )
    return operations


def _opening_provinces(part: Gazetteer) -> list[gazetteer.Province]:
    """Provinces that exist before the change."""
    return [*part.former_provinces, *(p for p in part.provinces if p.since is None)]


def _places(part: Gazetteer) -> Places:
    """The points of all areas; those of communes are set right province by province."""
    every: list[Any] = [*part.provinces, *part.former_provinces, *part.districts]
    at = {a.key: (a.lon, a.lat) for a in every if a.lon is not None and a.lat is not None}
    for province in part.provinces:
        at |= _settled(gazetteer.load(province.code))
    return at


def _settled(part: Gazetteer) -> Places:
    rows = {c.key: n for n, c in enumerate(part.communes)}
    heir = {link.predecessor: rows[link.successor] for link in part.links if link.main}
    former = [c for c in part.former_communes if c.key in heir]
    done = geometry.settle(
        _lonlat(former),
        np.array([heir[c.key] for c in former], np.int64),
        _lonlat(part.communes),
        np.array([c.area_km2 or np.nan for c in part.communes], float),
    )
    points = [*done.former.tolist(), *done.current.tolist()]
    keys = [c.key for c in [*former, *part.communes]]
    return {
        key: (round(lon, 5), round(lat, 5))
        for key, (lon, lat) in zip(keys, points, strict=True)
        if lon == lon and lat == lat
    }


def _lonlat(units: Iterable[Any]) -> NDArray[np.float64]:
    return np.array(
        [(np.nan, np.nan) if u.lon is None or u.lat is None else (u.lon, u.lat) for u in units],
        float,
    ).reshape(-1, 2)


def _create(area: Any, system: str, within: tuple[str, ...], at: Places) -> tuple[UUID, CreateUnit]:
    payload = CreateUnit(
        type=area.kind,
        name=area.name,
        full_name=area.full_name,
        since=None,
        codes=_codes(area, system),
        point=_point(area, at),
        relations=tuple(Tie(kind=LIES_IN, object=area_id(key)) for key in within),
    )
    return area_id(area.key), payload


def _decisions(part: Gazetteer, at: Places) -> Iterator[tuple[UUID, Payload]]:
    """Provinces that merged, communes, and districts that closed, each group on its own."""
    provinces = {p.key: p for p in part.provinces}
    for group in _groups(part.province_links):
        yield from _decision(group, provinces, "administrative.province", at)
    communes = {c.key: c for c in part.communes}
    for group in _groups(part.links):
        yield from _decision(group, communes, "administrative.commune", at)
    for district in part.districts:
        gift = Gift(predecessor=area_id(district.key), successor=None, main=True)
        yield (
            derived_id(COUNTRY, "decision", district.key),
            Reorganise(on=CHANGE, basis="203/2025/QH15", gives=(gift,)),
        )


def _decision(
    group: list[Link], areas: dict[str, Any], system: str, at: Places
) -> Iterator[tuple[UUID, Payload]]:
    """One decision for a group. The largest cities are too large for one operation: theirs is cut
    by predecessors, and codes, which may still be with a unit that a later piece closes, come
    last."""
    pieces = [group] if len(group) <= LARGEST else _pieces(group)
    opened: set[str] = set()
    for piece in pieces:
        fresh = sorted({link.successor for link in piece} - opened)
        opened.update(fresh)
        openings = [_opening(areas[key], system, at) for key in fresh]
        if len(pieces) > 1:
            openings = [structs.replace(new, codes=()) for new in openings]
        gives = tuple(
            Gift(
                predecessor=area_id(link.predecessor),
                successor=area_id(link.successor),
                weight=link.weight,
                main=link.main,
            )
            for link in piece
        )
        yield (
            derived_id(COUNTRY, "decision", piece[0].predecessor),
            Reorganise(on=CHANGE, basis=SOURCE, opens=tuple(openings), gives=gives),
        )
    if len(pieces) > 1:
        for key in sorted(opened):
            codes = _codes(areas[key], system)
            yield (
                derived_id(COUNTRY, "codes", key),
                ChangeUnit(unit=area_id(key), since=CHANGE, codes=codes),
            )


def _pieces(group: list[Link]) -> list[list[Link]]:
    """The links of whole predecessors, in pieces of about the largest size."""
    pieces: list[list[Link]] = [[]]
    for _, links in groupby(sorted(group), key=lambda link: link.predecessor):
        if len(pieces[-1]) >= LARGEST:
            pieces.append([])
        pieces[-1] += links
    return pieces


def _groups(links: Iterable[Link]) -> list[list[Link]]:
    """Links joined by a shared unit, in order of their first predecessor."""
    root: dict[str, str] = {}

    def find(key: str) -> str:
        root.setdefault(key, key)
        while root[key] != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    for link in links:
        root[find(link.predecessor)] = find(link.successor)
    groups: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        groups[find(link.predecessor)].append(link)
    return list(groups.values())


def _opening(area: Any, system: str, at: Places) -> Opening:
    within = getattr(area, "province", None)
    return Opening(
        id=area_id(area.key),
        type=area.kind,
        name=area.name,
        full_name=area.full_name,
        codes=_codes(area, system),
        point=_point(area, at),
        relations=(Tie(kind=LIES_IN, object=area_id(within)),) if within else (),
    )


def _codes(area: Any, system: str) -> tuple[Code, ...]:
    return (Code(system=system, code=area.code),) if area.code else ()


def _point(area: Any, at: Places) -> Point | None:
    if area.key not in at:
        return None
    lon, lat = at[area.key]
    return Point(lon=lon, lat=lat, source=SOURCE)


def _operation(id: UUID, payload: Payload, recorded_at: datetime) -> Operation:
    """Dated by the change, not by the loading: loading again must be the same operation."""
    about = payload.unit if isinstance(payload, ChangeUnit) else id
    unit = payload.gives[0].predecessor if isinstance(payload, Reorganise) else about
    return Operation.of(payload, id=id, unit=unit, happened_on=CHANGE, recorded_at=recorded_at)
