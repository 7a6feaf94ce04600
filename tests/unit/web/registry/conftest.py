"""A province of two maps behind Django's test client, and people who hold posts in it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client

from tests.unit.apps.registry.conftest import MERGER, World
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.registry.operations import (
    Gift,
    Insurance,
    Member,
    Number,
    Opening,
    Reorganise,
    SetBoundary,
    Tie,
)
from tuyen.kernel.ids import NODE, uuid7

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """The day is fixed, and pages speak English."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def world(db: None) -> World:
    return World()


class Province:
    """Nà Khoa and the old Nà Hỳ became Nà Hỳ; a quarter of Nậm Chua went to Chà Tở instead."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._next = 1
        self.root = world.open("province", "Điện Biên", full_name="Tỉnh Điện Biên")
        inside = ("lies_in", self.root)
        self.khoa = world.open("commune", "Nà Khoa", inside, full_name="Xã Nà Khoa")
        self.old_hy = world.open("commune", "Nà Hỳ", inside, full_name="Xã Nà Hỳ")
        self.chua = world.open("commune", "Nậm Chua", inside, full_name="Xã Nậm Chua")
        self.to = world.open("commune", "Chà Tở", inside, full_name="Xã Chà Tở")
        self.village = world.open("village", "Huổi Hoi", ("lies_in", self.khoa))
        self.far_village = world.open("village", "Nậm Khăn", ("lies_in", self.to))
        self.hy = uuid7()
        parts = {self.khoa: 1.0, self.old_hy: 1.0, self.chua: 0.75}
        gives = [Gift(predecessor=p, successor=self.hy, weight=w, main=True)
                 for p, w in parts.items()]  # fmt: skip
        gives.append(Gift(predecessor=self.chua, successor=self.to, weight=0.25))
        gives.append(Gift(predecessor=self.to, successor=self.to))
        opening = Opening(
            id=self.hy, type="commune", name="Nà Hỳ", full_name="Xã Nà Hỳ",
            relations=(Tie(kind="lies_in", object=self.root),),
        )  # fmt: skip
        world.good(Reorganise(on=MERGER, basis="NQ 1661", opens=(opening,), gives=tuple(gives)),
                   unit=self.root)  # fmt: skip
        self.centre = world.open("health_centre", "Nậm Pồ", ("lies_in", self.hy), since=MERGER,
                                 full_name="Trung tâm Y tế khu vực Nậm Pồ")  # fmt: skip
        self.station = world.open(
            "station", "Nà Hỳ", ("lies_in", self.hy), ("serves", self.hy), ("owned_by", self.hy),
            ("guided_by", self.centre), since=MERGER, full_name="Trạm Y tế xã Nà Hỳ",
            point=(102.7, 21.8),
        )  # fmt: skip
        self.far_station = world.open("station", "Chà Tở", ("lies_in", self.to),
                                      ("serves", self.to), since=MERGER)  # fmt: skip

    def draw(self) -> None:
        """Give every commune an outline: squares in a row."""
        for at, id in enumerate((self.khoa, self.old_hy, self.chua, self.to, self.hy)):
            self.world.good(
                SetBoundary(unit=id, geometry=square(102 + at), source="test", derived=True),
                unit=id,
            )

    def household(self, place: UUID | None = None, *names: str) -> tuple[UUID, list[UUID]]:
        """(household, persons) of a household; numbers and cards are made up."""
        members = [
            Member(
                id=uuid7(), name=name, sex=1, born_on=date(1987, 3, 5 + at), ethnicity="08",
                role="head" if at == 0 else "child", phone="",
                numbers=(Number(system="personal_number", value=f"0110870{self._next + at:05}"),),
                insurance=Insurance(card=f"DT2114012{self._next + at:06}",
                                    since=date(2025, 1, 1)),
            )
            for at, name in enumerate(names or ("Giàng A Pó",))
        ]  # fmt: skip
        self._next += len(members)
        place = place or self.village
        return self.world.household(place, *members, since=date(2020, 1, 1)), [
            m.id for m in members
        ]


def square(west: float) -> str:
    ring = [[west, 21], [west + 1, 21], [west + 1, 22], [west, 22], [west, 21]]
    return f'{{"type": "Polygon", "coordinates": [{ring}]}}'


@pytest.fixture
def province(world: World) -> Province:
    return Province(world)


@pytest.fixture
def sign_in(world: World) -> Callable[..., Client]:
    """``sign_in("station-head", unit)``: the browser of somebody with that post."""

    def make(role: str, unit: UUID = NODE) -> Client:
        login = f"u{uuid7().hex[-10:]}"
        (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
        (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=unit)
        world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=unit)
        client = Client(headers={"accept-language": "en"})
        client.force_login(
            User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return make
