"""The health network of a province, with a day on every fact: units, names, codes, two lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic import numbers
from tuyen.engines.synthetic.gazetteer import Gazetteer, kilometres, spots
from tuyen.engines.synthetic.streams import Floats, Ints
from tuyen.engines.synthetic.villages import Villages

# References name a node of the registry: "<sort>:<key>".
#   province:11  district:Nậm Pồ  former-commune:03169  commune:03169  village:03169-04
#   facility:tyt-03169 (station)  facility:tram-03169 (station until the merger)
#   facility:diem-03171 (satellite point)  facility:ttyt-<commune code>  facility:cdc ...
Ref = str


_WORDS = {"commune": "xã", "ward": "phường", "town": "thị trấn", "special_zone": "đặc khu"}


class Facility(NamedTuple):
    ref: Ref
    kind: str  # department cdc hospital regional-health-centre station satellite-point clinic gate
    lon: float  # laboratory
    lat: float
    since: date
    until: date | None  # the first day on which it no longer is
    former: int  # position in gazetteer.former
    commune: int  # position in gazetteer.communes
    functions: tuple[str, ...]


class DatedName(NamedTuple):
    ref: Ref
    name: str
    since: date
    until: date | None


class DatedCode(NamedTuple):
    ref: Ref
    system: str  # insurer (5 characters) or gln (13 digits)
    value: str
    since: date
    until: date | None


class Relation(NamedTuple):
    subject: Ref
    kind: str  # lies-in owned-by guided-by satellite-of serves refers-to
    object: Ref
    since: date
    until: date | None


class Succession(NamedTuple):
    """On ``on``, ``predecessor`` gave ``weight`` of itself to ``successor``."""

    on: date
    predecessor: Ref
    successor: Ref
    weight: float
    main: bool
    event: str  # rename: a station went on as the merged one; convert: it became a point


@dataclass
class Network:
    """Units of one province. Dates are half-open: ``until`` is the first day no longer true."""

    villages: Villages
    facilities: list[Facility] = field(default_factory=list)
    names: list[DatedName] = field(default_factory=list)
    codes: list[DatedCode] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    station: list[int] = field(default_factory=list)  # by commune, position in facilities
    former_station: list[int] = field(default_factory=list)  # by former commune
    centre: list[int] = field(default_factory=list)  # by commune, the centre that guides it
    centre_before: list[int] = field(default_factory=list)  # by former commune
    unit: dict[str, int] = field(default_factory=dict)  # reference to position in facilities
    focus: int = 0  # commune of the named logins

    def add(self, facility: Facility, name: str) -> int:
        """Add a unit under one name for its whole life; return its position."""
        self.unit[facility.ref] = len(self.facilities)
        self.facilities.append(facility)
        if name:
            self.names.append(DatedName(facility.ref, name, facility.since, facility.until))
        return self.unit[facility.ref]

    def relate(
        self, subject: Ref, kind: str, other: Ref, since: date, until: date | None = None
    ) -> None:
        self.relations.append(Relation(subject, kind, other, since, until))


def build(
    gazetteer: Gazetteer,
    profile: Mapping[str, Any],
    demography: Mapping[str, Any],
    villages: Villages,
    rng: np.random.Generator,
) -> Network:
    """Build the network from ``profile["opened_on"]``, through the merger, to the new owner.

    Before the merger each former commune has a station, owned and guided by its health centre.
    On the day of the merger one station of each new commune goes on and the others become its
    satellite points; from ``owner_changed_on`` the commune owns them and the centre still guides.

    Parameters
    ----------
    profile : content of rules/synthetic/dien_bien
    demography : content of rules/synthetic/demography; its reserved GLN prefix is used
    """
    net = Network(villages=villages, focus=gazetteer.position(profile["focus"]))
    places = spots(gazetteer)
    heads = _heads(gazetteer, places)
    _province(net, gazetteer, profile, places)
    _centres(net, gazetteer, profile, places, heads)
    _stations(net, gazetteer, profile, places, heads)
    _villages(net, gazetteer, profile)
    _gates(net, gazetteer, profile, places)
    _clinics(net, gazetteer, profile, places, rng)
    _codes(net, profile, demography["reserved"]["gln"]["prefix"])
    return net


def _heads(gazetteer: Gazetteer, places: Floats) -> Ints:
    """(c,) the former commune whose station goes on: same name, else code, else nearest."""
    heads = np.empty(len(gazetteer.communes), np.int64)
    for n, commune in enumerate(gazetteer.communes):
        members = np.flatnonzero(gazetteer.successor == n)
        far = kilometres(np.array([[commune.lon, commune.lat]]), places[members])[0]
        heads[n] = min(
            zip(members.tolist(), far.tolist(), strict=True),
            key=lambda m: (
                gazetteer.former[m[0]].name != commune.name,
                gazetteer.former[m[0]].code != commune.code,
                m[1],
            ),
        )[0]
    return heads


def _province(
    net: Network, gazetteer: Gazetteer, profile: Mapping[str, Any], places: Floats
) -> None:
    opened, province = profile["opened_on"], profile["province"]
    seat = gazetteer.position(profile["centres"][0]["at"])
    home = int(np.flatnonzero(gazetteer.successor == seat)[0])
    lon, lat = places[home].tolist()
    for slug, kind, name, owner, functions in (
        ("so-y-te", "department", f"Sở Y tế tỉnh {province['name']}", "", ("management",)),
        ("cdc", "cdc", f"Trung tâm Kiểm soát bệnh tật tỉnh {province['name']}", "so-y-te",
         ("prevention", "surveillance", "immunization")),
        ("benh-vien", "hospital", f"Bệnh viện Đa khoa tỉnh {province['name']}", "so-y-te",
         ("treatment", "emergency", "birth")),
        ("xet-nghiem", "laboratory", f"Khoa Xét nghiệm CDC {province['name']}", "cdc",
         ("laboratory",)),
    ):  # fmt: skip
        ref = f"facility:{slug}"
        shift = 0.004 * len(net.facilities)
        net.add(Facility(ref, kind, lon + shift, lat, opened, None, home, seat, functions), name)
        above = f"facility:{owner}" if owner else f"province:{province['code']}"
        net.relate(ref, "owned-by", above, opened)
        if owner:
            net.relate(ref, "guided-by", above, opened)
        net.relate(ref, "serves", f"province:{province['code']}", opened)
        _lies_in(net, gazetteer, profile, ref, home)


def _centres(
    net: Network,
    gazetteer: Gazetteer,
    profile: Mapping[str, Any],
    places: Floats,
    heads: Ints,
) -> None:
    opened, merged = profile["opened_on"], profile["merged_on"]
    known = [c for c in profile["centres"] if any(c["at"] == x.code for x in gazetteer.communes)]
    if not known:  # another province: a centre for about six communes, in every sixth of them
        known = [{"name": c.name, "at": c.code} for c in gazetteer.communes[::6]]
    seats = np.array([gazetteer.position(c["at"]) for c in known])
    units = []
    for centre, seat in zip(known, seats.tolist(), strict=True):
        home = int(heads[seat])
        ref = f"facility:ttyt-{centre['at']}"
        lon, lat = (places[home] + 0.003).tolist()
        functions = ("treatment", "prevention", "guidance")
        units.append(
            net.add(
                Facility(
                    ref, "regional-health-centre", lon, lat, opened, None, home, seat, functions
                ),
                "",
            )
        )
        net.names.append(DatedName(ref, f"Trung tâm Y tế huyện {centre['name']}", opened, merged))
        net.names.append(DatedName(ref, f"Trung tâm Y tế khu vực {centre['name']}", merged, None))
        for kind, other in (
            ("owned-by", "so-y-te"),
            ("guided-by", "cdc"),
            ("refers-to", "benh-vien"),
        ):
            net.relate(ref, kind, f"facility:{other}", opened)
        _lies_in(net, gazetteer, profile, ref, home)
    _areas_served(net, gazetteer, profile, known, units, places[heads[seats]])


def _areas_served(
    net: Network,
    gazetteer: Gazetteer,
    profile: Mapping[str, Any],
    known: list[Mapping[str, Any]],
    units: list[int],
    seats: Floats,
) -> None:
    """Give each district, then each commune, its centre: as listed, by name, or the nearest."""
    merged = profile["merged_on"]
    whole = {code: u for c, u in zip(known, units, strict=True) for code in c.get("communes", ())}
    # A centre whose communes are all listed takes no other.
    free = [n for n, c in enumerate(known) if "communes" not in c] or list(range(len(known)))
    by_name = {c["name"]: u for c, u in zip(known, units, strict=True)}
    for n, commune in enumerate(gazetteer.communes):
        far = kilometres(np.array([[commune.lon, commune.lat]]), seats[free])[0]
        net.centre.append(whole.get(commune.code, units[free[int(far.argmin())]]))
        ref = net.facilities[net.centre[n]].ref
        net.relate(ref, "serves", f"commune:{commune.code}", merged)
    for n, old in enumerate(gazetteer.former):
        net.centre_before.append(by_name.get(old.district, net.centre[gazetteer.successor[n]]))
        ref = net.facilities[net.centre_before[n]].ref
        net.relate(ref, "serves", f"former-commune:{old.code}", profile["opened_on"], merged)


def _stations(
    net: Network,
    gazetteer: Gazetteer,
    profile: Mapping[str, Any],
    places: Floats,
    heads: Ints,
) -> None:
    opened, merged = profile["opened_on"], profile["merged_on"]
    full = ("treatment", "emergency", "prevention", "immunization", "birth", "chronic", "population",
            "dispensing")  # fmt: skip
    for n, old in enumerate(gazetteer.former):
        lon, lat = places[n].tolist()
        ref, place = f"facility:tram-{old.code}", int(gazetteer.successor[n])
        unit = Facility(ref, "station", lon, lat, opened, merged, n, place, full)
        net.former_station.append(net.add(unit, f"Trạm Y tế {_called(old.kind, old.name)}"))
        centre = net.facilities[net.centre_before[n]].ref
        for kind in ("owned-by", "guided-by", "refers-to"):
            net.relate(ref, kind, centre, opened, merged)
        area = f"former-commune:{old.code}"
        net.relate(ref, "lies-in", area, opened, merged)
        net.relate(ref, "serves", area, opened, merged)
    for c, commune in enumerate(gazetteer.communes):
        head = int(heads[c])
        lon, lat = places[head].tolist()
        station = f"facility:tyt-{commune.code}"
        unit = Facility(station, "station", lon, lat, merged, None, head, c, full)
        net.station.append(net.add(unit, f"Trạm Y tế {_called(commune.kind, commune.name)}"))
        _two_lines(net, profile, station, commune.code, c)
        net.relate(station, "serves", f"commune:{commune.code}", merged)
        _succeed(net, merged, gazetteer.former[head].code, station, "rename")
        for n in np.flatnonzero(gazetteer.successor == c).tolist():
            if n != head:
                _point(net, gazetteer, profile, places, n, station)


def _point(
    net: Network,
    gazetteer: Gazetteer,
    profile: Mapping[str, Any],
    places: Floats,
    n: int,
    station: Ref,
) -> None:
    merged, old, c = profile["merged_on"], gazetteer.former[n], int(gazetteer.successor[n])
    commune = gazetteer.communes[c]
    lon, lat = places[n].tolist()
    point = f"facility:diem-{old.code}"
    some = ("treatment", "prevention", "immunization", "chronic", "dispensing")
    unit = Facility(point, "satellite-point", lon, lat, merged, None, n, c, some)
    net.add(unit, f"Điểm trạm {old.name} - Trạm Y tế {_called(commune.kind, commune.name)}")
    _two_lines(net, profile, point, commune.code, c)
    net.relate(point, "satellite-of", station, merged)
    for v in np.flatnonzero(net.villages.former == n).tolist():
        net.relate(point, "serves", f"village:{net.villages.code[v]}", merged)
    _succeed(net, merged, old.code, point, "convert")


def _two_lines(
    net: Network, profile: Mapping[str, Any], ref: Ref, commune: str, position: int
) -> None:
    """Owned by the centre, then by the commune; guided by the centre throughout."""
    merged, changed = profile["merged_on"], profile["owner_changed_on"]
    centre = net.facilities[net.centre[position]].ref
    net.relate(ref, "lies-in", f"commune:{commune}", merged)
    net.relate(ref, "owned-by", centre, merged, changed)
    net.relate(ref, "owned-by", f"commune:{commune}", changed)
    net.relate(ref, "guided-by", centre, merged)
    net.relate(ref, "refers-to", centre, merged)


def _succeed(net: Network, on: date, code: str, successor: Ref, event: str) -> None:
    net.successions.append(Succession(on, f"facility:tram-{code}", successor, 1.0, True, event))


def _villages(net: Network, gazetteer: Gazetteer, profile: Mapping[str, Any]) -> None:
    opened, merged = profile["opened_on"], profile["merged_on"]
    for code, former, commune in zip(
        net.villages.code, net.villages.former, net.villages.commune, strict=True
    ):
        ref = f"village:{code}"
        net.relate(
            ref, "lies-in", f"former-commune:{gazetteer.former[former].code}", opened, merged
        )
        net.relate(ref, "lies-in", f"commune:{gazetteer.communes[commune].code}", merged)


def _gates(net: Network, gazetteer: Gazetteer, profile: Mapping[str, Any], places: Floats) -> None:
    opened = profile["opened_on"]
    here = {old.code: n for n, old in enumerate(gazetteer.former)}
    gates = [gate for gate in profile["gates"] if gate["in"] in here]
    if not gates:  # another province: one gate in its first commune
        lon, lat = places[0].tolist()
        gates = [{"name": "Cửa khẩu mẫu", "in": gazetteer.former[0].code, "slug": "mau",
                  "lon": lon, "lat": lat}]  # fmt: skip
    for gate in gates:
        n, ref = here[gate["in"]], f"facility:cua-khau-{gate['slug']}"
        commune = int(gazetteer.successor[n])
        unit = Facility(
            ref, "gate", gate["lon"], gate["lat"], opened, None, n, commune, ("quarantine",)
        )
        net.add(unit, gate["name"])
        net.relate(ref, "owned-by", "facility:cdc", opened)
        net.relate(ref, "guided-by", "facility:cdc", opened)
        net.relate(ref, "refers-to", "facility:benh-vien", opened)
        _lies_in(net, gazetteer, profile, ref, n)


def _clinics(
    net: Network,
    gazetteer: Gazetteer,
    profile: Mapping[str, Any],
    places: Floats,
    rng: np.random.Generator,
) -> None:
    """Private clinics, in the largest former communes, some opened later than the stations."""
    people = np.bincount(net.villages.former, net.villages.weight, len(gazetteer.former))
    towns = np.argsort(-people, kind="stable")
    for number, name in enumerate(profile["clinic_names"][: profile["clinics"]], start=1):
        n = int(towns[(number - 1) % towns.size])
        lon, lat = (places[n] + rng.uniform(-0.006, 0.006, 2)).round(5).tolist()
        since = date(int(rng.integers(2016, 2024)), int(rng.integers(1, 13)), 1)
        ref = f"facility:phong-kham-{number:02d}"
        commune = int(gazetteer.successor[n])
        unit = Facility(ref, "clinic", lon, lat, since, None, n, commune, ("treatment",))
        net.add(unit, f"Phòng khám Đa khoa {name}")
        net.relate(ref, "guided-by", "facility:so-y-te", since)
        net.relate(ref, "refers-to", "facility:benh-vien", since)
        _lies_in(net, gazetteer, profile, ref, n)


def _codes(net: Network, profile: Mapping[str, Any], prefix: str) -> None:
    """Two codes for each unit; a point bills under its station, so it has no insurer's code."""
    billing = 0
    for number, unit in enumerate(net.facilities, start=1):
        body = f"{prefix}{int(profile['province']['code']):02d}{number:08d}"
        net.codes.append(
            DatedCode(unit.ref, "gln", body + numbers.check_digit(body), unit.since, unit.until)
        )
        if unit.kind in ("hospital", "regional-health-centre", "station", "clinic"):
            billing += 1
            code = f"{profile['province']['code']}{billing:03d}"
            net.codes.append(DatedCode(unit.ref, "insurer", code, unit.since, unit.until))


def _lies_in(
    net: Network, gazetteer: Gazetteer, profile: Mapping[str, Any], ref: Ref, former: int
) -> None:
    since, merged = net.facilities[net.unit[ref]].since, profile["merged_on"]
    old = gazetteer.former[former]
    net.relate(ref, "lies-in", f"former-commune:{old.code}", since, merged)
    net.relate(ref, "lies-in", f"commune:{old.successor}", merged)


def _called(kind: str, name: str) -> str:
    return f"{_WORDS[kind]} {name}"
