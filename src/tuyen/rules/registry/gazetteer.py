"""The administrative map of Viet Nam before and after 2025-07-01, as plain columns.

Source
------
The data files of the package ``vietnamadminunits`` 1.0.4 (MIT), read, never imported: its own code
starts a geocoder. It re-keys the official lists: units and codes of QĐ 19/2025/QĐ-TTg (34
provinces, 3,321 communes) and of the lists of QĐ 124/2004/QĐ-TTg as last amended (63 provinces,
696 districts, 10,035 communes and 5 island districts without communes).

===========================  =====================================================================
``dataset.db``               ``admin_units``: the current communes with area and coordinates;
                             ``admin_units_legacy``: the former communes with their districts
``converter_2025.json``      which former commune became which: 9,569 whole, 471 in parts of which
                             one is the default (here: the main part)
``parser_*.json``            the same names again, for that package's address parser; not used
===========================  =====================================================================

What to know
------------
* Codes were given again: 03127 was the ward Him Lam and is now the ward Dien Bien Phu; 24 was
  Bac Giang and is Bac Ninh. So units have keys that say which map they are of: ``c03127`` and
  ``p24`` now, ``c03127.old``, ``d094.old`` and ``p24.old`` before. A province that did not change
  keeps one key (``p11``); a commune always has two, even the few that went over unchanged.
* Types are those of July 2025. Later decrees turn communes into wards without changing codes.
* Coordinates of former communes are geocoded, some wrongly (:mod:`tuyen.engines.registry.geometry`
  settles them); those of current communes are good.
* Shares of split communes are not published. A part's share is 1 / (k + 1) of k parts, and the
  main part's double that: the main part is the largest by its definition, nothing more is known.
  Confidence L; a province that knows the populations of the parts should replace them.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any, Literal, NamedTuple

CHANGE = date(2025, 7, 1)
SOURCE = "vietnamadminunits 1.0.4 (MIT); QĐ 19/2025/QĐ-TTg"

Confidence = Literal["H", "M", "L"]


class Province(NamedTuple):
    key: str
    code: str  # two digits
    kind: str  # "province"
    name: str  # "Điện Biên"
    full_name: str  # "Tỉnh Điện Biên", "Thành phố Huế"
    lon: float
    lat: float
    since: date | None
    until: date | None


class District(NamedTuple):
    """A former district, abolished on 2025-07-01."""

    key: str
    code: str  # three digits
    kind: str  # "district"
    name: str
    full_name: str
    province: str  # key, as of before the change
    lon: float | None
    lat: float | None
    since: date | None
    until: date | None


class Commune(NamedTuple):
    """A unit of commune level, current or former."""

    key: str
    code: str | None  # five digits; None: an island district that had no communes
    kind: str  # "commune", "ward", "special_zone"; formerly also "town"
    name: str
    full_name: str
    province: str  # key, as of its own map
    district: str | None  # key; former communes only
    lon: float | None  # None: not known (the five islands)
    lat: float | None
    area_km2: float | None  # current communes only
    since: date | None
    until: date | None


class Link(NamedTuple):
    """On 2025-07-01 ``predecessor`` gave the share ``weight`` of itself to ``successor``."""

    on: date
    predecessor: str
    successor: str
    weight: float
    main: bool
    confidence: Confidence  # of the weight: H whole, L in parts


class Gazetteer(NamedTuple):
    """Both maps and what joins them. Every column is in order of its codes."""

    provinces: tuple[Province, ...]
    former_provinces: tuple[Province, ...]  # those that ended; the unchanged are in provinces
    districts: tuple[District, ...]
    communes: tuple[Commune, ...]
    former_communes: tuple[Commune, ...]
    links: tuple[Link, ...]  # between communes
    province_links: tuple[Link, ...]  # between provinces that ended and theirs

    def of_province(self, code: str) -> "Gazetteer":
        """The part that belongs to one province of today: its communes, all former units that
        gave it any part, their districts and provinces, and the links between them.

        Raises
        ------
        KeyError
            If no current province has this two-digit code.
        """
        provinces = tuple(p for p in self.provinces if p.code == code)
        if not provinces:
            raise KeyError(code)
        keys = {p.key for p in provinces}
        communes = tuple(c for c in self.communes if c.province in keys)
        mine = {c.key for c in communes}
        links = tuple(link for link in self.links if link.successor in mine)
        givers = {link.predecessor for link in links}
        former = tuple(c for c in self.former_communes if c.key in givers)
        districts = {c.district for c in former}
        old_provinces = {c.province for c in former}
        return Gazetteer(
            provinces,
            tuple(p for p in self.former_provinces if p.key in old_provinces),
            tuple(d for d in self.districts if d.key in districts),
            communes,
            former,
            links,
            tuple(link for link in self.province_links if link.successor in keys),
        )


@lru_cache(maxsize=40)
def load(province: str | None = None) -> Gazetteer:
    """The whole country, or one province of today by its two-digit code ("11")."""
    return _country() if province is None else _country().of_province(province)


_KINDS = {"Xã": "commune", "Phường": "ward", "Thị trấn": "town", "Đặc khu": "special_zone"}

_NEW = """
SELECT provinceKey, wardKey, provinceCode, province, provinceShort, provinceLon, provinceLat,
       wardCode, wardType, wardShort, ward, wardLon, wardLat, wardAreaKm2
FROM admin_units ORDER BY wardCode"""

_OLD = """
SELECT provinceKey, districtKey, wardKey, provinceCode, province, provinceShort, provinceLon,
       provinceLat, districtCode, district, districtShort, districtLon, districtLat,
       wardCode, wardType, wardShort, ward, wardLon, wardLat
FROM admin_units_legacy ORDER BY wardCode IS NULL, wardCode, districtCode"""


@lru_cache(maxsize=1)
def _country() -> Gazetteer:
    new, old, converter = _read()
    # A province is unchanged when it is all of one former province and kept its code and name.
    origins: dict[str, list[str]] = converter["DICT_PROVINCE"]
    was = {row["provinceKey"]: row for row in old}
    unchanged = {
        row["provinceKey"]
        for row in new
        if origins[row["provinceKey"]] == [row["provinceKey"]]
        and was[row["provinceKey"]]["provinceCode"] == row["provinceCode"]
    }
    now = {row["provinceKey"]: f"p{row['provinceCode']}" for row in new}
    before = {
        key: f"p{row['provinceCode']}" + ("" if key in unchanged else ".old")
        for key, row in was.items()
    }
    provinces = _distinct(
        _province(row, now[row["provinceKey"]], None if row["provinceKey"] in unchanged else CHANGE)
        for row in new
    )
    former = _distinct(
        _province(row, before[row["provinceKey"]], None, CHANGE)
        for row in old
        if row["provinceKey"] not in unchanged
    )
    return Gazetteer(
        provinces,
        former,
        tuple(sorted({_district(row, before[row["provinceKey"]]) for row in old})),
        tuple(_commune(row, now[row["provinceKey"]]) for row in new),
        tuple(_former_commune(row, before[row["provinceKey"]]) for row in old),
        _links(new, old, converter),
        tuple(
            Link(CHANGE, before[name], now[key], 1.0, True, "H")
            for key in now
            if key not in unchanged
            for name in sorted(origins[key])
        ),
    )


def _read() -> tuple[list[sqlite3.Row], list[sqlite3.Row], dict[str, Any]]:
    data = files("vietnamadminunits") / "data"
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    # immutable: the file may lie where no journal can be written beside it
    with (
        as_file(data / "dataset.db") as path,
        closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as store,
    ):
        store.row_factory = sqlite3.Row
        return store.execute(_NEW).fetchall(), store.execute(_OLD).fetchall(), converter


def _distinct(provinces: Iterator[Province]) -> tuple[Province, ...]:
    return tuple(sorted(dict.fromkeys(provinces)))


def _province(
    row: sqlite3.Row, key: str, since: date | None, until: date | None = None
) -> Province:
    return Province(
        key,
        row["provinceCode"],
        "province",
        row["provinceShort"],
        row["province"],
        row["provinceLon"],
        row["provinceLat"],
        since,
        until,
    )


def _district(row: sqlite3.Row, province: str) -> District:
    return District(
        f"d{row['districtCode']}.old",
        row["districtCode"],
        "district",
        row["districtShort"],
        row["district"],
        province,
        row["districtLon"],
        row["districtLat"],
        None,
        CHANGE,
    )


def _commune(row: sqlite3.Row, province: str) -> Commune:
    return Commune(
        f"c{row['wardCode']}",
        row["wardCode"],
        _KINDS[row["wardType"]],
        row["wardShort"],
        row["ward"],
        province,
        None,
        row["wardLon"],
        row["wardLat"],
        row["wardAreaKm2"],
        CHANGE,
        None,
    )


def _former_commune(row: sqlite3.Row, province: str) -> Commune:
    island = row["wardCode"] is None  # the district is all there was, and stands for itself
    return Commune(
        _former_key(row),
        row["wardCode"],
        "commune" if island else _KINDS[row["wardType"]],
        row["districtShort"] if island else row["wardShort"],
        row["district"] if island else row["ward"],
        province,
        f"d{row['districtCode']}.old",
        row["wardLon"],
        row["wardLat"],
        None,
        None,
        CHANGE,
    )


def _former_key(row: sqlite3.Row) -> str:
    return f"c{row['wardCode'] or 'd' + row['districtCode']}.old"


def _links(
    new: list[sqlite3.Row], old: list[sqlite3.Row], converter: dict[str, Any]
) -> tuple[Link, ...]:
    now = {(row["provinceKey"], row["wardKey"]): f"c{row['wardCode']}" for row in new}
    before = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": _former_key(row)
        for row in old
    }
    links: list[Link] = []
    for province, wholes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for name, givers in wholes.items():
            links += (
                Link(CHANGE, before[giver], now[province, name], 1.0, True, "H") for giver in givers
            )
    for province, splits in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for giver, parts in splits.items():
            share = 1 / (len(parts) + 1)
            links += (
                Link(
                    CHANGE,
                    before[giver],
                    now[province, part["newWardKey"]],
                    2 * share if part["isDefaultNewWard"] else share,
                    part["isDefaultNewWard"],
                    "L",
                )
                for part in parts
            )
    return tuple(sorted(links))
