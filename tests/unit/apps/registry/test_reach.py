"""Which units a post reaches on a day: service, ownership and guidance, each on its own line."""

from datetime import date

import pytest

from tests.unit.apps.registry.conftest import AFTER, BEFORE, MERGER
from tuyen.apps.access import policies
from tuyen.apps.registry.operations import (
    CloseUnit,
    Conversion,
    Gift,
    Link,
    Opening,
    Reorganise,
)
from tuyen.kernel.ids import uuid7

LATER = date(2026, 2, 1)


class Network:
    """Two communes merge; the second station becomes a point; ownership passes in 2026."""

    def __init__(self, world):
        self.province = world.open("province", "P")
        inside = ("lies_in", self.province)
        self.a, self.b, self.far = (world.open("commune", n, inside) for n in "ABC")
        self.va, self.vb = (
            world.open("village", f"V{n}", ("lies_in", c)) for n, c in enumerate((self.a, self.b))
        )
        self.centre = world.open("health_centre", "TTYT", inside)
        guided = ("guided_by", self.centre)
        self.sa = world.open("station", "SA", ("lies_in", self.a), ("serves", self.a), guided)
        self.sb = world.open("station", "SB", ("lies_in", self.b), ("serves", self.b), guided)
        self.school = world.open("school", "Trường", ("lies_in", self.a))
        self.new = uuid7()
        world.good(
            Reorganise(
                on=MERGER, basis="NQ",
                opens=(Opening(id=self.new, type="commune", name="M"),),
                gives=tuple(Gift(predecessor=x, successor=self.new) for x in (self.a, self.b)),
                converts=(
                    Conversion(unit=self.sb, type="satellite_point", satellite_of=self.sa),
                ),
            ),
            Reorganise(
                on=date(2026, 1, 1), basis="TT 43",
                relates=(Link(subject=self.sa, kind="owned_by", object=self.new),),
            ),
        )  # fmt: skip


@pytest.fixture
def net(world):
    return Network(world)


def reach(world, unit, line, on):
    return world.atlas.reach(unit, line, on)


def test_a_station_reaches_its_area_its_villages_and_its_points(world, net):
    assert reach(world, net.sa, "own", BEFORE) == {net.sa, net.a, net.va}
    assert reach(world, net.sa, "own", AFTER) == {
        net.sa, net.sb, net.new, net.a, net.b, net.va, net.vb,
    }  # fmt: skip


def test_a_point_reaches_itself(world, net):
    assert reach(world, net.sb, "own", AFTER) == {net.sb}


def test_a_committee_owns_from_the_day_ownership_passes(world, net):
    own = {net.new, net.a, net.b, net.va, net.vb, net.sa, net.sb, net.school}

    assert reach(world, net.new, "own", AFTER) == own
    assert reach(world, net.new, "owned", LATER) == own


def test_a_committee_owns_a_station_that_lies_elsewhere(world, net):
    away = world.open("clinic", "Xa", ("lies_in", net.far), ("owned_by", net.new), since=MERGER)

    assert away in reach(world, net.new, "owned", AFTER)
    assert away not in reach(world, net.new, "own", AFTER)


def test_a_centre_reaches_what_it_guides(world, net):
    guided = reach(world, net.centre, "guided", AFTER)

    assert {net.centre, net.sa, net.sb, net.new, net.a, net.b, net.va, net.vb} <= guided
    assert net.far not in guided
    assert reach(world, net.centre, "own", AFTER) == {net.centre}


def test_an_unknown_line_or_unit_reaches_nothing_more(world, net):
    stranger = uuid7()

    assert reach(world, net.sa, "everything", AFTER) == frozenset()
    assert reach(world, stranger, "own", AFTER) == {stranger}


def test_a_village_that_ended_stays_with_its_communes_heir(world, net):
    world.good(CloseUnit(unit=net.va, on=date(2025, 1, 1)))

    assert net.va in reach(world, net.sa, "own", AFTER)


def test_the_policy_engine_asks_this_map(world, net, holder):
    nurse = holder(("physician-assistant", net.sa), on=LATER)
    scope = policies.scope(nurse, "registry.person.read")

    assert scope.covers(net.b)
    assert scope.covers(net.vb)
    assert not scope.covers(net.far)
