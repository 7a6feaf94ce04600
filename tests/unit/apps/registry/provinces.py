"""A small province that is reorganised at random, and every table of it as plain rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st

from tests.unit.apps.registry.conftest import MERGER, World
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.replay import journaled_models
from tuyen.apps.registry.operations import (
    Conversion,
    Gift,
    Link,
    Member,
    Opening,
    RegisterHousehold,
    Reorganise,
)
from tuyen.kernel.ids import uuid7

SIZE = 6
SINCE = date(2020, 1, 1)
CACHES = {"Revision", "Head", "Entry", "Reorganisation", "Proposal"}


class Province:
    """Communes with a station, two villages, a few people, a committee and posts each."""

    def __init__(self, world: World, member: Callable[..., Member]) -> None:
        self.world = world
        self.province = world.open("province", "Điện Biên")
        inside = ("lies_in", self.province)
        self.centre = world.open("district_health_centre", "TTYT Nậm Pồ", inside)
        self.communes: list[UUID] = []
        self.stations: list[UUID] = []
        self.villages: list[UUID] = []
        self.people: list[UUID] = []
        self.posts: list[tuple[str, UUID, UUID]] = []  # role, unit, post
        for n in range(SIZE):
            commune = world.open("commune", f"Xã {n}", inside, point=(103 + n / 10, 21.9))
            here = ("lies_in", commune)
            villages = [world.open("village", f"Bản {n}.{k}", here) for k in (0, 1)]
            ties = [here, ("serves", commune), ("owned_by", commune)]
            if n % 2:
                ties.append(("guided_by", self.centre))
            station = world.open("station", f"Trạm {n}", *ties)
            self.communes.append(commune)
            self.stations.append(station)
            self.villages += villages
            for village in villages:
                someone = member(f"Lò Văn {n}")
                world.household(village, someone, since=SINCE)
                self.people.append(someone.id)
            self._post("station-head", station)
            self._post("commune-committee", commune)
        self._post("health-centre-supervisor", self.centre)

    def _post(self, role: str, unit: UUID) -> None:
        (user,) = self.world.good(OpenAccount(login=f"u{len(self.posts)}", name=role))
        (post,) = self.world.good(CreatePost(role=role, since=SINCE), unit=unit)
        self.world.good(Appoint(post=post, user=user, since=SINCE), unit=unit)
        self.posts.append((role, unit, post))

    def household(self, place: UUID, member: Member) -> None:
        self.world.good(RegisterHousehold(place=place, members=(member,)), unit=place)


def merger(
    at: Province, first: int = 0, second: int = 1, name: str = "Xã Mới", on: date = MERGER
) -> tuple[UUID, Reorganise]:
    """Two communes become one."""
    new = uuid7()
    return new, Reorganise(
        on=on, basis="NQ 1661",
        opens=(Opening(id=new, type="commune", name=name),),
        gives=tuple(Gift(predecessor=at.communes[n], successor=new) for n in (first, second)),
    )  # fmt: skip


@contextmanager
def one_example() -> Iterator[None]:
    """What an example wrote is gone after it."""
    here = transaction.savepoint()  # not a block: a commit insists on being the outermost
    try:
        yield
    finally:
        transaction.savepoint_rollback(here)


def decisions(
    convert: st.SearchStrategy[bool] | None = None,
) -> st.SearchStrategy[Callable[[Province], Reorganise]]:
    """Merges, splits, transfers, conversions and closings of a few of the communes; with
    ``convert``, one station of each new commune stays and the others become its points."""
    part = st.lists(st.integers(0, 2), min_size=SIZE, max_size=SIZE)
    return st.builds(
        _made, part, st.booleans() if convert is None else convert, st.booleans(), st.integers(1, 9)
    )


def _made(groups: list[int], convert: bool, split: bool, tenths: int) -> Any:
    """Communes of group 1 and 2 merge into one new commune each; those of 0 stay, but the first of
    them, with ``split``, gives a share and a village to the first new one or to the next."""

    def decision(at: Province) -> Reorganise:
        opens, gives, converts, relates = [], [], [], []
        news: list[UUID] = []
        for group in (1, 2):
            members = [n for n in range(SIZE) if groups[n] == group]
            if not members:
                continue
            new = uuid7()
            news.append(new)
            opens.append(Opening(id=new, type="commune", name=f"Mới {group}"))
            gives += [Gift(predecessor=at.communes[n], successor=new) for n in members]
            if convert:
                converts += [
                    Conversion(unit=at.stations[n], type="satellite_point",
                               satellite_of=at.stations[members[0]])
                    for n in members[1:]
                ]  # fmt: skip
        stay = [n for n in range(SIZE) if groups[n] == 0]
        if split and stay and (news or len(stay) > 1):
            giver, taker = at.communes[stay[0]], news[0] if news else at.communes[stay[1]]
            share = tenths / 10
            gives += [
                Gift(predecessor=giver, successor=giver, weight=1 - share, main=True),
                Gift(predecessor=giver, successor=taker, weight=share),
            ]
            relates.append(Link(subject=at.villages[2 * stay[0]], kind="lies_in", object=taker))
        if not gives:
            gives = [Gift(predecessor=at.communes[0], successor=None, main=True)]
        return Reorganise(
            on=MERGER, basis="NQ thử", opens=tuple(opens), gives=tuple(gives),
            converts=tuple(converts), relates=tuple(relates),
        )  # fmt: skip

    return decision


def tables(*without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every journaled table but the log of decisions, row by row."""
    return {
        model.__name__: list(
            model._default_manager.order_by("pk").values_list(
                *(field.attname for field in model._meta.concrete_fields)
            )
        )
        for model in journaled_models()
        if model.__name__ not in CACHES | set(without)
    }


def actors(at: Province, holder: Callable[..., Any], on: date, now: dict[UUID, UUID]) -> list[Any]:
    """One actor for each post, at the unit where the post is on the day."""
    return [holder((role, now.get(unit, unit)), on=on) for role, unit, _ in at.posts]
