"""The demo's map: areas and facilities as they were, the merger, and the new owner."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from tuyen.apps.registry.operations import (
    ChangeUnit,
    Code,
    Conversion,
    CreateUnit,
    Gift,
    Opening,
    Point,
    Relate,
    Reorganise,
    SetBoundary,
    Tie,
)
from tuyen.cli.demo.names import Names
from tuyen.engines.registry import geometry
from tuyen.engines.synthetic.gazetteer import Commune, FormerCommune
from tuyen.engines.synthetic.network import Facility, Network, Relation
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation

BASIS = "Nghị quyết 1661/NQ-UBTVQH15 (bản mẫu)"
_TYPE = {
    "regional-health-centre": "district_health_centre",
    "satellite-point": "satellite_point",
}
_FUNCTION = {
    "treatment": "examination",
    "immunization": "immunisation",
    "birth": "maternal_child",
    "dispensing": "pharmacy",
    "management": "training",
    "guidance": "training",
    "surveillance": "prevention",
}
_KINDS = {"lies-in", "owned-by", "guided-by", "satellite-of", "serves", "refers-to"}
_WORD = {"commune": "Xã", "ward": "Phường", "town": "Thị trấn", "special_zone": "Đặc khu"}


class Map:
    """Turns the network of a synthetic province into operations on the registry."""

    def __init__(self, province: Province, names: Names, profile: Any) -> None:
        self.province, self.names = province, names
        self.net, self.gazetteer = province.network, province.gazetteer
        self.merged: date = profile["merged_on"]
        self.owner_changed: date = profile["owner_changed_on"]
        self.opened: date = profile["opened_on"]
        self.code, self.title = profile["province"]["code"], profile["province"]["name"]
        self.root = names.unit(f"province:{self.code}")
        self._names = {n.ref: n.name for n in self.net.names if n.since < self.merged}
        self._later = {n.ref: n.name for n in self.net.names if n.since >= self.merged}
        self._codes: dict[str, list[Code]] = {}
        for code in self.net.codes:
            system = {"gln": "facility13"}.get(code.system, code.system)
            self._codes.setdefault(code.ref, []).append(Code(system=system, code=code.value))
        self._became = {fact.predecessor: fact for fact in self.net.successions}

    def before(self) -> Iterator[Operation]:
        """Everything as it stood until the merger."""
        yield self._area("province", f"province:{self.code}", self.title, f"Tỉnh {self.title}",
                         code=("administrative.province", self.code))  # fmt: skip
        for district in sorted({old.district for old in self.gazetteer.former if old.district}):
            yield self._area("district", f"district:{district}", district, f"Huyện {district}",
                             until=self.merged, within=self.root)  # fmt: skip
        for old in self.gazetteer.former:
            yield self._former(old)
        for ref, name, within, lon, lat in self._village_rows():
            yield self._area("village", ref, name, name, within=within, point=(lon, lat))
        for unit in self.net.facilities:
            if unit.since < self.merged:
                yield self._facility(unit)
        for relation in self._relations(before=True):
            yield self._relate(relation)

    def merger(self) -> Iterator[Operation]:
        """The decision of the day, then what it did not say: names, guidance and health centres."""
        yield self.names.operation(self._decision(), "merger", unit=self.root, on=self.merged)
        for ref, name in self._later.items():
            kind = self.net.facilities[self.net.unit[ref]].kind
            changed = ChangeUnit(
                unit=self.names.unit(ref), since=self.merged, name=name, full_name=name,
                type="health_centre" if kind == "regional-health-centre" else None, basis=BASIS,
            )  # fmt: skip
            yield self.names.operation(changed, "name", ref, unit=self.root, on=self.merged)
        for relation in self._relations(before=False):
            if relation.kind != "satellite-of":
                yield self._relate(relation)

    def outlines(self) -> Iterator[Operation]:
        """Outlines derived from the published coordinates, on both maps."""
        former = np.array([(o.lon, o.lat) for o in self.gazetteer.former], float)
        current = np.array([(c.lon, c.lat) for c in self.gazetteer.communes], float)
        area = np.full(len(current), 9540.0 / len(current))
        heirs = self.gazetteer.successor.astype(np.int64)
        settled = geometry.settle(former, heirs, current, area)
        links = list(enumerate(self.gazetteer.successor.tolist()))
        drawn = geometry.derive(settled.former, settled.current, area, links, tolerance_km=0.15)
        for old, shape in zip(self.gazetteer.former, drawn.former, strict=True):
            yield self._outline(f"former-commune:{old.code}", shape, None)
        for new, shape in zip(self.gazetteer.communes, drawn.current, strict=True):
            yield self._outline(f"commune:{new.code}", shape, self.merged)

    # -- pieces -------------------------------------------------------------------------------

    def _area(
        self, type: str, ref: str, name: str, full_name: str, *, until: date | None = None,
        within: UUID | None = None, code: tuple[str, str] | None = None,
        point: tuple[float, float] | None = None,
    ) -> Operation:  # fmt: skip
        payload = CreateUnit(
            type=type, name=name, full_name=full_name, since=self.opened, until=until,
            codes=(Code(system=code[0], code=code[1]),) if code else (),
            point=Point(lon=point[0], lat=point[1]) if point else None,
            relations=(Tie(kind="lies_in", object=within),) if within else (),
        )  # fmt: skip
        return self._create(payload, ref)

    def _create(self, payload: CreateUnit, ref: str) -> Operation:
        on = payload.since or self.opened
        return Operation.of(
            payload, id=self.names.unit(ref), unit=self.root, happened_on=on,
            recorded_at=self.names.operation(payload, ref, unit=self.root, on=on).recorded_at,
        )  # fmt: skip

    def _former(self, old: FormerCommune) -> Operation:
        district = f"district:{old.district}" if old.district else f"province:{self.code}"
        return self._area(
            old.kind, f"former-commune:{old.code}", old.name, f"{_WORD[old.kind]} {old.name}",
            within=self.names.unit(district), code=("administrative.commune", old.code),
            point=(old.lon, old.lat),
        )  # fmt: skip

    def _village_rows(self) -> Iterator[tuple[str, str, UUID, float, float]]:
        villages = self.net.villages
        for n, code in enumerate(villages.code):
            former = self.gazetteer.former[villages.former[n]]
            within = self.names.unit(f"former-commune:{former.code}")
            yield (f"village:{code}", villages.name[n], within,
                   float(villages.lon[n]), float(villages.lat[n]))  # fmt: skip

    def _facility(self, unit: Facility) -> Operation:
        name = self._names[unit.ref]
        payload = CreateUnit(
            type=_TYPE.get(unit.kind, unit.kind), name=name, full_name=name, since=unit.since,
            codes=tuple(self._codes.get(unit.ref, ())), point=Point(lon=unit.lon, lat=unit.lat),
            functions=_functions(unit.functions),
        )  # fmt: skip
        return self._create(payload, unit.ref)

    def _relations(self, *, before: bool) -> Iterator[Relation]:
        """Relations that began before the merger, or on it and later.

        Those of villages follow their commune by themselves; stations and points are told apart
        from their former selves by their references, which lead to the same unit.
        """
        for relation in self.net.relations:
            if relation.subject.startswith("village:"):
                continue
            if (relation.since < self.merged) is before:
                yield relation

    def _relate(self, relation: Relation) -> Operation:
        payload = Relate(
            subject=self.names.unit(relation.subject), relation=relation.kind.replace("-", "_"),
            object=self.names.unit(relation.object), since=relation.since, until=relation.until,
        )  # fmt: skip
        parts = (relation.subject, relation.kind, relation.object, relation.since)
        return self.names.operation(payload, *parts, unit=self.root, on=relation.since)

    def _decision(self) -> Reorganise:
        people = np.bincount(
            self.net.villages.former, self.net.villages.weight, len(self.gazetteer.former)
        )
        total = np.bincount(self.gazetteer.successor, people, len(self.gazetteer.communes))
        gives = tuple(
            Gift(
                predecessor=self.names.unit(f"former-commune:{old.code}"),
                successor=self.names.unit(f"commune:{old.successor}"),
                weight_back=round(float(people[n] / total[self.gazetteer.successor[n]]), 6),
                main=True,
            )
            for n, old in enumerate(self.gazetteer.former)
        )
        return Reorganise(
            on=self.merged, basis=BASIS, gives=gives,
            opens=tuple(self._opening(commune) for commune in self.gazetteer.communes),
            converts=tuple(self._conversions()),
        )  # fmt: skip

    def _opening(self, commune: Commune) -> Opening:
        return Opening(
            id=self.names.unit(f"commune:{commune.code}"), type=commune.kind, name=commune.name,
            full_name=f"{_WORD[commune.kind]} {commune.name}",
            codes=(Code(system="administrative.commune", code=commune.code),),
            point=Point(lon=commune.lon, lat=commune.lat),
            relations=(Tie(kind="lies_in", object=self.root),),
        )  # fmt: skip

    def _conversions(self) -> Iterator[Conversion]:
        station = {r.subject: r.object for r in self.net.relations if r.kind == "satellite-of"}
        for fact in self.net.successions:
            if fact.successor in station:
                point = self.net.facilities[self.net.unit[fact.successor]]
                yield Conversion(
                    unit=self.names.unit(fact.successor), type="satellite_point",
                    satellite_of=self.names.unit(station[fact.successor]),
                    functions=_functions(point.functions),
                )  # fmt: skip

    def _outline(self, ref: str, shape: Any, since: date | None) -> Operation:
        payload = SetBoundary(
            unit=self.names.unit(ref), since=since, derived=True,
            geometry=shapely.to_geojson(shapely.set_precision(shape, 1e-5)),
            source="derived from published coordinates (Voronoi cells)",
        )  # fmt: skip
        return self.names.operation(
            payload, "outline", ref, unit=self.root, on=since or self.opened
        )


def _functions(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_FUNCTION.get(word, word) for word in words))


def serving(network: Network) -> dict[int, str]:
    """The reference of the facility at each position."""
    return {n: unit.ref for n, unit in enumerate(network.facilities)}
