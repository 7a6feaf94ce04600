"""Who stays, and who gets an incentive: figures, and the people behind them for those who may see files."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Credential, Member, Tenure
from tuyen.apps.workforce.queries.people import FIGURE, READ
from tuyen.apps.workforce.queries.planning import zones
from tuyen.engines.workforce import retention as engine
from tuyen.rules import workforce as rules

DIMENSIONS = ("all", "zone", "cadre", "incentive")


class Held(NamedTuple):
    """A share after some years; None where too few were followed: ``few`` says so."""

    years: int
    share: float | None
    low: float | None
    high: float | None
    at_risk: int
    few: bool


class Kept(NamedTuple):
    """One group of a dimension: how many stays, and who still stays after each number of years."""

    dimension: str
    key: str
    stays: int
    held: Sequence[Held]


class Uptake(NamedTuple):
    """A commune: people at its station, and how many of them get an incentive."""

    commune: UUID
    name: str
    zone: int
    zone_entered: bool
    people: int
    with_incentive: int


class _Stay(NamedTuple):
    member: UUID
    unit: UUID
    since: date
    until: date | None
    cadre: str


@walls.whole("who stays is counted from everybody's posts and names nobody")
def retention(*, by: Actor, on: date) -> list[Kept]:
    """Shares of people still at their unit, in reach, by zone, cadre and incentive. Four queries.

    A stay goes on through merged units and from post to post at one unit; it is followed from the day
    from which the record is complete.
    """
    stays = _stays(by, on)
    told, paid = rules.retention(on), _paid(on)
    entered, assumed = zones(by=by, on=on), rules.zone_assumed(on)
    groups: dict[tuple[str, str], list[_Stay]] = {("all", ""): stays}
    for one in stays:
        commune = places.atlas().commune_of(one.unit, on)
        zone = entered[commune][0] if commune in entered else assumed
        given = "yes" if one.member in paid else "no"
        for key in (("zone", str(zone)), ("cadre", one.cadre), ("incentive", given)):
            groups.setdefault(key, []).append(one)
    order = {name: n for n, name in enumerate(DIMENSIONS)}
    return [
        Kept(*key, len(group), _held(group, told, on))
        for key, group in sorted(
            groups.items(), key=lambda g: (order[g[0][0]], -len(g[1]), g[0][1])
        )
    ]


def _held(group: Sequence[_Stay], told: rules.Retention, on: date) -> list[Held]:
    since = np.array([max(0, (told.complete - one.since).days) for one in group], np.int64)
    until = np.array([((one.until or on) - one.since).days for one in group], np.int64)
    ended = np.array([one.until is not None for one in group], np.bool_)
    followed = until > since  # who left before the record was complete is not followed
    stays = engine.Stays(since[followed], until[followed], ended[followed])
    found = []
    for years, one in zip(
        told.years, engine.stay(stays, [round(365.25 * y) for y in told.years]), strict=True
    ):
        few = one.at_risk < told.least
        found.append(
            Held(years, None, None, None, one.at_risk, few) if few
            else Held(years, one.share, one.low, one.high, one.at_risk, False)
        )  # fmt: skip
    return found


def _stays(by: Actor, on: date) -> list[_Stay]:
    """Stays in reach until a day, consecutive posts at one unit joined; the village network left out."""
    scope = policies.scope(by, FIGURE)
    rows = Tenure.objects.filter(void=False, main=True, since__lt=on).exclude(
        cadre__in=rules.outside()
    )
    stands: dict[UUID, UUID] = {}
    found: list[_Stay] = []
    columns = ("member_id", "unit_id", "since", "until", "cadre")
    for member, unit, since, until, cadre in rows.order_by("member_id", "since", "id").values_list(
        *columns
    ):
        here = stands.setdefault(unit, places.station_of(unit, on))
        if not (scope.covers(here) or scope.covers(unit)):
            continue
        ended = until if until is not None and until <= on else None
        last = found[-1] if found else None
        if last and (last.member, last.unit) == (member, here) and last.until == since:
            found[-1] = last._replace(until=ended)
        else:
            found.append(_Stay(member, here, since, ended, cadre))
    return found


def _paid(on: date) -> set[UUID]:
    """People who get an incentive on a day, or got one."""
    rows = Credential.objects.filter(kind="incentive", state="live", since__lte=on)
    return set(rows.values_list("member_id", flat=True))


@walls.whole("uptake is counted from everybody's posts and papers and names nobody")
def uptake(*, by: Actor, on: date) -> list[Uptake]:
    """Communes in reach: people at the station, and those with an incentive. Three queries."""
    scope, map_ = policies.scope(by, FIGURE), places.atlas()
    entered, assumed = zones(by=by, on=on), rules.zone_assumed(on)
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    lasting = Q(kind="incentive", state="live", since__lte=on) & (Q(until=None) | Q(until__gt=on))
    paid = set(Credential.objects.filter(lasting).values_list("member_id", flat=True))
    people: dict[UUID, set[UUID]] = {}
    rows = Tenure.objects.filter(held).exclude(cadre__in=rules.outside()).order_by("id")
    for member, unit in rows.values_list("member_id", "unit_id"):
        people.setdefault(places.station_of(unit, on), set()).add(member)
    found = []
    for station in map_.units("station", on):
        commune = map_.commune_of(station, on)
        if commune is None or not scope.covers(station):
            continue
        there = people.get(station, set())
        found.append(Uptake(
            commune, places.name(commune, on), entered[commune][0] if commune in entered else assumed,
            commune in entered, len(there), len(there & paid),
        ))  # fmt: skip
    return sorted(found, key=lambda one: (one.name, str(one.commune)))


def leavers(
    *, by: Actor, on: date, limit: int = 300
) -> list[tuple[UUID, str, str, date, date | None]]:
    """(member, name, unit, since, until) of the stays behind the figures, those who left first; for
    whoever may read their files. Two queries."""
    scope = policies.scope(by, READ)
    rows = Tenure.objects.filter(scope.where("unit_id"), void=False, main=True, since__lt=on)
    rows = rows.exclude(cadre__in=rules.outside())
    found = [
        row for row in rows.order_by("-until", "id") if row.until is not None and row.until <= on
    ]
    names: Mapping[UUID, str] = dict(
        Member.objects.filter(pk__among={row.member_id for row in found[:limit]}).values_list(
            "id", "name"
        )
    )
    return [
        (row.member_id, names[row.member_id], places.name(row.unit_id, row.since), row.since, row.until)
        for row in found[:limit] if row.member_id in names
    ]  # fmt: skip
