"""People at work: who holds which post at which unit from when, and twelve named logins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic import numbers
from tuyen.engines.synthetic.gazetteer import Gazetteer
from tuyen.engines.synthetic.names import NameTables, Parts
from tuyen.engines.synthetic.network import Facility, Network, Ref
from tuyen.kernel.refusal import BadInput

_WOMEN = {"midwife": 1.0, "nurse": 0.75, "village-health-worker": 0.45}


class Member(NamedTuple):
    """Somebody at work. His numbers come from the reserved ranges."""

    name: str
    sex: int  # 1 male, 2 female
    born: date
    ethnic: str  # national code, two digits
    level: str  # postgraduate university college short-course
    citizen_id: str
    phone: str


class Tenure(NamedTuple):
    """A member holds a post at a unit: half-open, ``until`` None while it lasts."""

    member: int  # position in Staff.members
    post: str
    role: str  # code in rules/access/roles; "" for a post without access
    title: str  # Vietnamese
    unit: Ref
    since: date
    until: date | None


class Login(NamedTuple):
    """A named login of the demo, on the last day."""

    persona: str  # P1 to P12; P0 the administrator; CPC the commune's People's Committee
    login: str
    member: int
    post: str
    role: str
    title: str
    unit: Ref


@dataclass(frozen=True)
class Staff:
    members: list[Member]
    tenures: list[Tenure]
    logins: list[Login]


@dataclass
class _Roll:
    """Posts as they are filled, before anybody has a name."""

    rng: np.random.Generator
    since: date
    until: date
    turnover: float
    sex: list[int] = field(default_factory=list)
    born: list[date] = field(default_factory=list)
    home: list[int] = field(default_factory=list)  # former commune: whose names
    level: list[str] = field(default_factory=list)
    tenures: list[Tenure] = field(default_factory=list)

    def hire(self, post: Mapping[str, Any], home: int) -> int:
        woman = self.rng.random() < _WOMEN.get(post["post"], 0.5)
        self.sex.append(2 if woman else 1)
        # From 25 years on the first day to 58 on the last.
        least, most = self.until.year - 57, self.since.year - 25
        self.born.append(date(int(self.rng.integers(least, max(least, most) + 1)), 1, 1)
                         + timedelta(int(self.rng.integers(0, 365))))  # fmt: skip
        self.home.append(home)
        self.level.append(post["level"])
        return len(self.sex) - 1

    def fill(
        self, post: Mapping[str, Any], unit: Ref, home: int, since: date, until: date | None,
        member: int | None = None,
    ) -> int:  # fmt: skip
        """Let somebody hold the post between two days; with luck another takes over. The last."""
        if member is None:
            member = self.hire(post, home)
        last = until or self.until
        days = (last - since).days
        if days > 400 and self.rng.random() < self.turnover * days / 365.25:
            change = since + timedelta(int(self.rng.integers(200, days - 150)))
            self._hold(member, post, unit, since, change)
            member, since = self.hire(post, home), change
        self._hold(member, post, unit, since, until)
        return member

    def _hold(
        self, member: int, post: Mapping[str, Any], unit: Ref, since: date, until: date | None
    ) -> None:
        self.tenures.append(
            Tenure(member, post["post"], post["role"], post["title"], unit, since, until)
        )


def build(
    gazetteer: Gazetteer,
    network: Network,
    names: NameTables,
    rule: Mapping[str, Any],
    profile: Mapping[str, Any],
    demography: Mapping[str, Any],
    since: date,
    until: date,
    shift: int,
    rng: np.random.Generator,
) -> Staff:
    """Fill every post of the rule from ``since`` on, and carry the stations through the merger.

    Parameters
    ----------
    rule : content of rules/synthetic/staff
    profile : content of rules/synthetic/dien_bien, for the day of the merger
    demography : content of rules/synthetic/demography, for the reserved numbers
    shift : of the serials of numbers, as in the people of the province (``People.shift``)
    """
    roll = _Roll(rng, since, until, rule["turnover"])
    merged = profile["merged_on"]
    posts = {post["post"]: post for post in rule["posts"]}
    for post in rule["posts"]:
        if "former-station" in post["at"]:
            _through_the_merger(roll, network, post, posts, since, merged)
        for unit in network.facilities:
            if unit.kind in post["at"] and "former-station" not in post["at"]:
                for _ in range(_how_many(post, rng)):
                    roll.fill(post, unit.ref, unit.former, max(since, unit.since), unit.until)
        if "village" in post["at"]:
            for code, home in zip(
                network.villages.code, network.villages.former.tolist(), strict=True
            ):
                roll.fill(post, f"village:{code}", home, since, None)
        if "commune" in post["at"]:
            for n, commune in enumerate(gazetteer.communes):
                home = network.facilities[network.station[n]].former
                roll.fill(post, f"commune:{commune.code}", home, max(since, merged), None)
    members = _named(roll, network, names, demography, profile["province"]["code"], shift)
    return Staff(members, roll.tenures, _logins(gazetteer, network, rule["personas"], roll))


def _how_many(post: Mapping[str, Any], rng: np.random.Generator) -> int:
    return int(post["per"]) + int(rng.random() < post["chance"])


def _through_the_merger(
    roll: _Roll,
    network: Network,
    post: Mapping[str, Any],
    posts: Mapping[str, Mapping[str, Any]],
    since: date,
    merged: date,
) -> None:
    """Staff of former stations go on in the station or point that theirs became.

    A head whose station became a point is a doctor of the merged station; other posts that a
    point does not have are kept at the station.
    """
    successor = {fact.predecessor: fact.successor for fact in network.successions}
    satellites = {r.subject: r.object for r in network.relations if r.kind == "satellite-of"}
    for position in network.former_station:
        old = network.facilities[position]
        new = successor[old.ref]
        for _ in range(_how_many(post, roll.rng)):
            who = None
            if since < merged:
                who = roll.fill(post, old.ref, old.former, since, merged)
            next_post, unit = post, new
            if new in satellites and "satellite-point" not in post["at"]:
                unit = satellites[new]
                if post["post"] == "station-head":
                    next_post = posts["station-doctor"]
            roll.fill(next_post, unit, old.former, max(since, merged), None, who)


def _named(
    roll: _Roll,
    network: Network,
    names: NameTables,
    demography: Mapping[str, Any],
    province: str,
    shift: int,
) -> list[Member]:
    mix = network.villages.mix[roll.home]
    group = (roll.rng.random((len(roll.home), 1)) > mix.cumsum(axis=1)).sum(axis=1)
    group = np.minimum(group, len(names.groups) - 1)
    sex, born = np.array(roll.sex, np.uint8), np.array(roll.born, "datetime64[D]")
    parts = Parts(names.families(group, roll.rng), *names.personal(group, sex, born, roll.rng))
    reserved = demography["reserved"]
    # Serials from the far end: distinct from those of the people, which start at the near one.
    serial = numbers.citizen_serials(sex, born, shift, from_the_end=True)
    ids = numbers.citizen_ids(province, sex, born, serial, reserved["citizen_id"])
    phones = numbers.phones(np.arange(9_000_000, 9_000_000 + sex.size), shift, reserved["phone"])
    return [
        Member(name, s, day, names.codes[g], level, number, phone)
        for name, s, day, g, level, number, phone in zip(
            names.full(parts), roll.sex, roll.born, group.tolist(), roll.level, ids, phones,
            strict=True,
        )
    ]  # fmt: skip


def _logins(
    gazetteer: Gazetteer, network: Network, personas: Sequence[Mapping[str, Any]], roll: _Roll
) -> list[Login]:
    station = network.facilities[network.station[network.focus]]
    village = int(np.flatnonzero(network.villages.former == station.former)[0])
    places = {
        "focus-station": station.ref,
        "focus-village": f"village:{network.villages.code[village]}",
        "focus-centre": network.facilities[network.centre[network.focus]].ref,
        "focus-commune": f"commune:{gazetteer.communes[network.focus].code}",
    }
    for kind in ("cdc", "laboratory", "department", "gate"):
        places[kind] = _first(network.facilities, kind).ref
    current: dict[tuple[Ref, str], Tenure] = {}
    for tenure in roll.tenures:
        if tenure.until is None or tenure.until > roll.until:
            current.setdefault((tenure.unit, tenure.post), tenure)
    logins = []
    for persona in personas:
        held = current.get((places[persona["at"]], persona["post"]))
        if held is None:
            raise BadInput(
                what=f"nobody holds the post {persona['post']} at {persona['at']} for the login"
                f" {persona['login']}; add the post to the staff rule"
            )
        logins.append(
            Login(persona["persona"], persona["login"], held.member, held.post, held.role,
                  held.title, held.unit)
        )  # fmt: skip
    return logins


def _first(facilities: Sequence[Facility], kind: str) -> Facility:
    return next(unit for unit in facilities if unit.kind == kind)
