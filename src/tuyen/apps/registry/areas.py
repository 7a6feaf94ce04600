"""The country's areas as operations: both maps, and the reorganisation that joins them.

Ids are made from the keys of the gazetteer (:mod:`tuyen.rules.registry.gazetteer`), so that every
node of the nation knows a commune by the same id, and loading a province again changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from tuyen.apps.registry.operations import (
    Code,
    CreateUnit,
    Gift,
    Opening,
    Point,
    Reorganise,
    Tie,
)
from tuyen.apps.registry.vocabulary import LIES_IN
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules.registry import gazetteer
from tuyen.rules.registry.gazetteer import CHANGE, SOURCE, Gazetteer, Link

COUNTRY = UUID("3a0f3c1e-3b7b-5d53-9a6c-6f1f6a6c7e01")
"""Namespace of the ids of administrative areas."""


def area_id(key: str) -> UUID:
    """The id of an area by its gazetteer key: "p11", "c03127", "c03127.old", "d094.old"."""
    return derived_id(COUNTRY, key)


def area_operations(province: str | None, recorded_at: datetime) -> list[Operation]:
    """Everything that puts one province of today (two-digit code), or the country, on the map.

    Former areas come first, as they stood before 2025-07-01; then the reorganisation of that day,
    one decision for each group of communes that a succession joins.
    """
    part = gazetteer.load(province)
    create = [_create(p, "administrative.province", ()) for p in _opening_provinces(part)]
    create += [_create(d, "administrative.district", (d.province,)) for d in part.districts]
    create += [
        _create(c, "administrative.commune", (c.district or c.province,))
        for c in part.former_communes
    ]
    decisions = [(_decision_id(d), d) for d in _decisions(part)]
    return [_operation(id, payload, recorded_at) for id, payload in [*create, *decisions]]


def _opening_provinces(part: Gazetteer) -> list[gazetteer.Province]:
    """Provinces that exist before the change."""
    return [*part.former_provinces, *(p for p in part.provinces if p.since is None)]


def _create(area: Any, system: str, within: tuple[str, ...]) -> tuple[UUID, CreateUnit]:
    payload = CreateUnit(
        type=area.kind,
        name=area.name,
        full_name=area.full_name,
        since=None,
        codes=_codes(area, system),
        point=_point(area),
        relations=tuple(Tie(kind=LIES_IN, object=area_id(key)) for key in within),
    )
    return area_id(area.key), payload


def _decisions(part: Gazetteer) -> Iterator[Reorganise]:
    """Provinces that merged, districts that closed, and communes, each group on its own."""
    provinces = {p.key: p for p in part.provinces}
    for group in _groups(part.province_links):
        yield Reorganise(
            on=CHANGE,
            basis=SOURCE,
            opens=tuple(
                _opening(provinces[key], "administrative.province", ())
                for key in sorted({link.successor for link in group})
            ),
            gives=_gifts(group),
        )
    communes = {c.key: c for c in part.communes}
    for group in _groups(part.links):
        taking = sorted({link.successor for link in group})
        yield Reorganise(
            on=CHANGE,
            basis=SOURCE,
            opens=tuple(
                _opening(communes[key], "administrative.commune", (communes[key].province,))
                for key in taking
            ),
            gives=_gifts(group),
        )
    for district in part.districts:
        gift = Gift(predecessor=area_id(district.key), successor=None, main=True)
        yield Reorganise(on=CHANGE, basis="203/2025/QH15", gives=(gift,))


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


def _gifts(group: list[Link]) -> tuple[Gift, ...]:
    return tuple(
        Gift(
            predecessor=area_id(link.predecessor),
            successor=area_id(link.successor),
            weight=link.weight,
            main=link.main,
        )
        for link in group
    )


def _opening(area: Any, system: str, within: tuple[str, ...]) -> Opening:
    return Opening(
        id=area_id(area.key),
        type=area.kind,
        name=area.name,
        full_name=area.full_name,
        codes=_codes(area, system),
        point=_point(area),
        relations=tuple(Tie(kind=LIES_IN, object=area_id(key)) for key in within),
    )


def _codes(area: Any, system: str) -> tuple[Code, ...]:
    return (Code(system=system, code=area.code),) if area.code else ()


def _point(area: Any) -> Point | None:
    if area.lon is None or area.lat is None:
        return None
    return Point(lon=area.lon, lat=area.lat, source=SOURCE)


def _decision_id(decision: Reorganise) -> UUID:
    return derived_id(COUNTRY, "decision", decision.gives[0].predecessor)


def _operation(id: UUID, payload: Payload, recorded_at: datetime) -> Operation:
    """Dated by the change, not by the loading: loading again must be the same operation."""
    unit = payload.gives[0].predecessor if isinstance(payload, Reorganise) else id
    return Operation.of(payload, id=id, unit=unit, happened_on=CHANGE, recorded_at=recorded_at)
