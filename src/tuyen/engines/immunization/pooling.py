"""Which villages share a session, and what of its vials lies on the shelf already.

A session that three children come to opens a vial of ten for each vaccine and keeps a team on the
way for a day. Children who can walk to the station come to the station's own session; a village too
small for its fewest sessions joins the nearest one that it can walk to.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

from tuyen.engines.immunization.planning import Reach


class Group(NamedTuple):
    """Villages with one session, by their places in the list: the host first. ``station``: it is held
    at the station and not in a village."""

    members: tuple[int, ...]
    station: bool


def pooled(
    children: Sequence[float], km: Sequence[float], apart: Mapping[tuple[int, int], float],
    reach: Reach,
) -> list[Group]:  # fmt: skip
    """Groups of villages, each village in one of them, in the order of their hosts.

    ``children``: those whom a year's sessions are for. ``km``: from the station. ``apart``: (i, j)
    with i < j -> km between two villages by road; pairs that are left out are too far or not known.
    Those within ``reach.fixed_km`` of the station come to it. Of the others the smallest is looked at
    first: with fewer children than ``per_session`` at each of its ``fewest`` sessions it joins the
    nearest within ``fixed_km``, with all who joined it, unless somebody would walk further than that.

    >>> reach = Reach(5, 15, 10, 4, 12, 50, 1, 0.05)
    >>> [group.members for group in pooled([60, 9, 50], [12, 13, 1], {(0, 1): 3.0}, reach)]
    [(0, 1), (2,)]
    """
    near = tuple(n for n, way in enumerate(km) if way <= reach.fixed_km)
    hosts: dict[int, list[int]] = {n: [n] for n in range(len(km)) if n not in near}
    least = reach.per_session * reach.fewest
    for small in sorted(hosts, key=lambda n: (children[n], n)):
        mine = hosts[small]
        if sum(children[n] for n in mine) >= least:
            continue
        ways = [
            (max(_between(apart, n, host) for n in mine), host) for host in hosts if host != small
        ]
        way, host = min(ways, default=(inf, -1))
        if way <= reach.fixed_km:
            hosts[host] += hosts.pop(small)
    groups = [
        Group((host, *sorted(n for n in members if n != host)), False)
        for host, members in hosts.items()
    ]
    if near:
        first = max(near, key=lambda n: (children[n], -n))
        groups.append(Group((first, *(n for n in near if n != first)), True))
    return sorted(groups, key=lambda group: group.members[0])


def _between(apart: Mapping[tuple[int, int], float], one: int, other: int) -> float:
    return apart.get((min(one, other), max(one, other)), inf)


class OnShelf(NamedTuple):
    """Closed vials of a lot that lie at the unit, and the last day on which they may be used, in days
    from now."""

    lot: str
    vials: int
    days: int


class Fetch(NamedTuple):
    """What a session takes of a vaccine from each lot on the shelf, the first to expire first, and
    how many vials have to be fetched."""

    needed: int
    taken: tuple[tuple[str, int], ...]
    fetch: int
    too_old: int  # vials that lie there and expire before the session


def to_fetch(needed: int, shelf: Sequence[OnShelf], days: int) -> Fetch:
    """So many vials for a session in ``days`` days, out of what lies on the shelf.

    >>> shelf = [OnShelf("B", 5, 90), OnShelf("A", 2, 40), OnShelf("C", 4, 3)]
    >>> to_fetch(9, shelf, 30)
    Fetch(needed=9, taken=(('A', 2), ('B', 5)), fetch=2, too_old=4)
    """
    left, taken = needed, []
    for one in sorted(shelf, key=lambda one: (one.days, one.lot)):
        many = min(left, one.vials) if one.days >= days else 0
        if many:
            taken.append((one.lot, many))
            left -= many
    old = sum(one.vials for one in shelf if one.days < days)
    return Fetch(needed, tuple(taken), left, old)
