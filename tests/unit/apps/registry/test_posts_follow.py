"""Posts and tablets of a station that becomes a point go to the station it belongs to, if so said."""

import pytest
from msgspec import structs

from tests.unit.apps.registry.conftest import AFTER, MERGER
from tests.unit.apps.registry.provinces import Province, merger, tables
from tuyen.apps.access.models import Device, Holding, Post
from tuyen.apps.access.operations import EnrolDevice
from tuyen.apps.registry import queries
from tuyen.apps.registry.operations import Conversion, UndoReorganisation


@pytest.fixture
def at(world, member):
    return Province(world, member)


def decision(at, follow):
    _, merged = merger(at)
    turned = Conversion(unit=at.stations[1], type="satellite_point",
                        satellite_of=at.stations[0], posts_follow=follow)  # fmt: skip
    return structs.replace(merged, converts=(turned,))


def head_of(at, n):
    return next(post for role, unit, post in at.posts
                if role == "station-head" and unit == at.stations[n])  # fmt: skip


def test_a_post_that_follows_reaches_the_new_commune(world, at, holder):
    world.good(decision(at, follow=True))
    old = Post.objects.get(pk=head_of(at, 1))
    (new,) = Post.objects.filter(role="station-head", unit_id=at.stations[0], since=MERGER)

    assert old.until == MERGER
    assert Holding.objects.get(post=new).since == MERGER
    reached = queries.atlas().reach(new.unit_id, "own", AFTER)
    assert {at.villages[0], at.villages[2]} <= reached
    assert old.unit_id == at.stations[1], "the past is not rewritten"


def test_a_tablet_goes_along(world, at):
    user = Holding.objects.get(post=head_of(at, 1)).user_id
    (tablet,) = world.good(EnrolDevice(user=user, key="ab" * 32, label="máy"), unit=at.stations[1])

    world.good(decision(at, follow=True))

    assert Device.objects.get(pk=tablet).unit_id == at.stations[0]


def test_without_it_the_preview_warns_and_nothing_moves(world, at):
    def warned(follow):
        found = queries.preview(by=world.by, decision=decision(at, follow))
        return [w.code for w in found.warnings], found.moved["access.post"]

    assert "registry.loses-all" in warned(follow=False)[0]
    assert "registry.loses-all" not in warned(follow=True)[0]
    assert "registry.post-ends" not in warned(follow=True)[0]
    assert warned(follow=True)[1] == warned(follow=False)[1] + 1


def test_it_is_undone_exactly(world, at):
    before = tables()
    (id,) = world.good(decision(at, follow=True))
    changed = tables()
    world.good(UndoReorganisation(decision=id, reason="bãi bỏ"))

    assert changed != before
    assert tables() == before
