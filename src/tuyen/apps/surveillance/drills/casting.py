"""Where a drill happens and who is who in it: chosen on the dated map from the seed alone."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.kernel.ids import NODE, derived_id
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access import role_table
from tuyen.rules.surveillance.drills import Scenario

OTHERS = "other-stations"
"""The part of the stations around, which only send their weekly reports."""
LOGINS = {
    "station-head": "dt-tram", "physician-assistant": "dt-ysi", "village-health-worker": "dt-ban",
    "health-centre-supervisor": "dt-trungtam", "cdc-epidemiologist": "dt-cdc",
    "laboratory-technician": "dt-xetnghiem", "border-officer": "dt-cuakhau",
    "food-safety-inspector": "dt-thucpham", "director": "dt-giamdoc", OTHERS: "dt-tramkhac",
}  # fmt: skip
_MOST_OTHERS = 14


class NoPlace(Refusal):
    code = "surveillance.no-place-for-drill"
    message = N_("There is no commune with a station and villages on {on} for this scenario.")


class Cast(NamedTuple):
    """The places of a drill, and the unit at which each role has its post."""

    commune: UUID
    village: UUID
    station: UUID
    rings: tuple[tuple[UUID, ...], ...]  # villages: the place itself, around it, in communes nearby
    stations: dict[UUID, UUID]  # village -> the station that reports for it
    others: tuple[UUID, ...]
    posts: dict[str, UUID]  # role -> unit


def cast(map_: Any, scenario: Scenario, on: date, seed: int) -> Cast:
    """Choose the places: any two who choose from the same map, day and seed choose the same.

    Raises
    ------
    NoPlace
        If no commune of the day has both a station and villages with a position.
    """
    rng = np.random.default_rng([seed, 3])
    served = {commune: station for station, commune in _stations(map_, on)}
    gate = _one(rng, sorted(map_.units(type="gate", on=on), key=str))
    usable = [c for c in sorted(served, key=str) if len(_villages(map_, c, on)) >= 3]
    if not usable:
        raise NoPlace(on=on)
    commune = _one(rng, usable)
    if scenario.where in ("border", "gate") and gate is not None:
        at_gate = map_.commune_of(gate, on)
        commune = at_gate if at_gate in usable else _nearest(map_, gate, usable, on)[0]
    station = served[commune]
    villages = _nearest(map_, station, _villages(map_, commune, on), on)
    village = villages[-1 - int(rng.integers(max(1, len(villages) // 4)))]
    if scenario.where != "village":
        village = villages[0]
    near = _nearest(map_, commune, [c for c in usable if c != commune], on)
    around = [v for c in near[:3] for v in _villages(map_, c, on)]
    stations = dict.fromkeys(villages, station) | {
        v: served[c] for c in near[:3] for v in _villages(map_, c, on)
    }
    beside = tuple(v for v in _nearest(map_, village, villages, on) if v != village)
    rings = ((village,), beside[:8], tuple(around) or beside)
    others = tuple(served[c] for c in near[:_MOST_OTHERS])
    posts = _posts(map_, on, village=village, station=station, gate=gate)
    return Cast(commune, village, station, rings, stations, others, posts)


def _stations(map_: Any, on: date) -> Iterator[tuple[UUID, UUID]]:
    for station in sorted(map_.units(type="station", on=on), key=str):
        commune = map_.commune_of(station, on)
        if commune is not None:
            yield station, commune


def _villages(map_: Any, commune: UUID, on: date) -> list[UUID]:
    inside = map_.subjects(commune, "lies_in", on)
    return sorted(
        (u for u in inside if map_.type(u, on) == "village" and map_.valid(u, on)), key=str
    )


def _nearest(map_: Any, to: UUID, units: list[UUID], on: date) -> list[UUID]:
    """Units by their distance from one, those without a position last."""
    here = map_.point(to, on)

    def far(unit: UUID) -> tuple[float, str]:
        there = map_.point(unit, on)
        if here is None or there is None:
            return math.inf, str(unit)
        east = (there[0] - here[0]) * math.cos(math.radians(here[1]))
        return math.hypot(east, there[1] - here[1]), str(unit)

    return sorted(units, key=far)


def _posts(
    map_: Any, on: date, *, village: UUID, station: UUID, gate: UUID | None
) -> dict[str, UUID]:
    def first(*types: str) -> UUID | None:
        for type in types:
            if found := sorted(map_.units(type=type, on=on), key=str):
                return UUID(str(found[0]))
        return None

    centre = next(iter(map_.related(station, "guided_by", on)), None)
    cdc = first("cdc", "department")
    wanted = {
        "station-head": station, "village-health-worker": village,
        "health-centre-supervisor": centre or first("health_centre"),
        "cdc-epidemiologist": cdc, "laboratory-technician": first("laboratory", "cdc"),
        "border-officer": gate, "food-safety-inspector": first("department", "cdc"),
        "director": first("department", "cdc"),
    }  # fmt: skip
    return {role: unit for role, unit in wanted.items() if unit is not None}


def people(cast: Cast, drill: UUID, at: datetime) -> list[Operation]:
    """The accounts and posts of a drill: one for each part, whoever plays it."""
    on = at.date()
    units: list[tuple[str, tuple[UUID, ...]]] = [
        (role, (unit,)) for role, unit in sorted(cast.posts.items())
    ]
    units.append((OTHERS, cast.others))
    accounts, posts, holdings = [], [], []
    for role, places in units:
        user = account(drill, role)
        title = role_table().roles[_role(role)].name["vi"]
        accounts.append(_said(OpenAccount(login=LOGINS[role], name=f"Diễn tập – {title}"), user,
                              NODE, at))  # fmt: skip
        for n, place in enumerate(places):
            post = derived_id(drill, "post", role, n)
            posts.append(_said(CreatePost(role=_role(role), since=on), post, place, at))
            held = derived_id(drill, "holding", role, n)
            holdings.append(_said(Appoint(post=post, user=user, since=on), held, place, at))
    return [*accounts, *posts, *holdings]


def account(drill: UUID, role: str) -> UUID:
    """The account of a part in a drill."""
    return derived_id(drill, "account", role)


def _role(part: str) -> str:
    return "station-head" if part == OTHERS else part


def _said(payload: Payload, id: UUID, unit: UUID, at: datetime) -> Operation:
    return Operation.of(payload, id=id, unit=unit, happened_on=at.date(), recorded_at=at)


def _one(rng: np.random.Generator, units: list[UUID]) -> Any:
    return units[int(rng.integers(len(units)))] if units else None
