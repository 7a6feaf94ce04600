"""Stations as they are staffed: their quota both ways, who is there, what is missing."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.workforce import places
from tuyen.apps.workforce.queries.counting import rotated_doctors, staff_by_unit
from tuyen.apps.workforce.queries.people import FIGURE
from tuyen.apps.workforce.queries.planning import zones
from tuyen.engines.workforce import norms as engine
from tuyen.rules import workforce as rules


class Missing(NamedTuple):
    """A position that is not filled: ``short`` people of any of its cadres."""

    key: str
    short: int


class CommuneStaffing(NamedTuple):
    """A commune's station with its points and villages. ``have`` counts its own number, the village network and
    support (accountants) left out; ``quota`` is for the merged station, ``quota_old`` for the stations it had before.
    ``network`` of the village network are there for ``villages`` villages; ``rotated`` of the doctors are there for
    a term, and ``lasting_short`` more should be there for good."""

    station: UUID
    name: str
    commune: UUID
    commune_name: str
    people: int | None
    sites: int
    zone: int
    zone_entered: bool
    by_cadre: Mapping[str, int]
    have: int
    quota: float | None
    quota_old: float | None
    doctors: int
    doctors_short: int
    missing: tuple[Missing, ...]
    villages: int
    network: int
    rotated: int
    lasting_short: int


class Staffing(NamedTuple):
    """All stations in reach on a day, and their sums; sums of quotas are of those with people known."""

    rows: list[CommuneStaffing]
    have: int
    quota: float
    quota_old: float
    doctors: int
    doctors_least: int
    doctors_most: int
    doctors_by: date
    enough: int  # stations that have the least number of doctors
    unknown: int  # stations whose commune has nobody on record


def staffing(*, by: Actor, on: date) -> Staffing:
    """Every commune station in reach with its points, on the map of a day: four queries."""
    policies.check(by, FIGURE)
    scope, map_ = policies.scope(by, FIGURE), places.atlas()
    counts, rotated = staff_by_unit(by=by, on=on), rotated_doctors(by=by, on=on)
    people = registry.population(by=by, on=on).totals
    entered, assumed = zones(by=by, on=on), rules.zone_assumed(on)
    sites: dict[UUID, list[UUID]] = {}
    for unit in map_.units(places.SITES, on):
        sites.setdefault(places.station_of(unit, on), []).append(unit)
    villages: dict[UUID, list[UUID]] = {}
    for unit in map_.units("village", on):
        if (within := map_.commune_of(unit, on)) is not None:
            villages.setdefault(within, []).append(unit)
    stations = [
        unit for unit in map_.units("station", on)
        if scope.covers(unit) and map_.commune_of(unit, on) is not None
    ]  # fmt: skip
    rows = []
    wanted = rules.doctors_wanted(on)
    for station in stations:
        commune = map_.commune_of(station, on)
        zone, known = (entered[commune][0], True) if commune in entered else (assumed, False)
        rows.append(_row(
            station, commune, on, people.get(commune) or None, sites.get(station, [station]),
            villages.get(commune, []), (zone, known), counts, wanted.least, rotated,
        ))  # fmt: skip
    rows = _with_quotas(rows, on)
    return Staffing(
        sorted(rows, key=lambda one: (one.name, str(one.station))), sum(r.have for r in rows),
        sum(r.quota or 0 for r in rows), sum(r.quota_old or 0 for r in rows),
        sum(r.doctors for r in rows), wanted.least * len(rows), wanted.most * len(rows), wanted.by,
        sum(r.doctors >= wanted.least for r in rows), sum(r.people is None for r in rows),
    )  # fmt: skip


def _row(
    station: UUID, commune: UUID, on: date, people: int | None, sites: list[UUID],
    villages: list[UUID], zone: tuple[int, bool], counts: Mapping[UUID, Mapping[str, int]], least: int,
    rotated: Mapping[UUID, int],
) -> CommuneStaffing:  # fmt: skip
    by_cadre: dict[str, int] = {}
    for site in (*sites, *villages):
        for cadre, n in counts.get(site, {}).items():
            by_cadre[cadre] = by_cadre.get(cadre, 0) + n
    doctors = sum(by_cadre.get(cadre, 0) for cadre in rules.doctors())
    term = sum(rotated.get(site, 0) for site in sites)
    missing = []
    for position in rules.positions_wanted(on):
        short = position.least - sum(by_cadre.get(cadre, 0) for cadre in position.of)
        if short > 0:
            missing.append(Missing(position.key, short))
    uncounted = rules.outside() | rules.support()
    own = sum(n for cadre, n in by_cadre.items() if cadre not in uncounted)
    return CommuneStaffing(
        station, places.name(station, on), commune, places.name(commune, on), people, len(sites),
        zone[0], zone[1], by_cadre, own, None, None, doctors, max(0, least - doctors),
        tuple(missing), len(villages),
        sum(by_cadre.get(cadre, 0) for cadre in rules.network_wanted(on).of),
        term, max(0, rules.lasting_doctors(on) - (doctors - term)),
    )  # fmt: skip


def _with_quotas(rows: list[CommuneStaffing], on: date) -> list[CommuneStaffing]:
    """The quotas of all stations at once; none for a commune with nobody on record."""
    known = [number for number, row in enumerate(rows) if row.people is not None]
    told = rules.station_norm(on)
    norm = engine.Norm(told.base, told.zones, told.on_total)
    both = engine.both_ways(
        np.array([rows[n].people for n in known], np.float64),
        np.array([rows[n].zone for n in known], np.int64),
        np.array([rows[n].sites for n in known], np.int64), norm,
    )  # fmt: skip
    found = list(rows)
    for at, number in enumerate(known):
        found[number] = rows[number]._replace(
            quota=float(both.merged[at]), quota_old=float(both.by_station[at])
        )
    return found
