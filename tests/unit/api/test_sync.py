"""The tablet's door: signed, resumable, limited to its units, and telling nothing of others."""

import pytest

from tests.simulation.device import talk
from tests.unit.api.sync_world import World, held, household, record


@pytest.fixture
def world(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return World()


def test_a_tablet_is_filled_with_its_own_people_and_no_others(world):
    world.household(0, "Giàng A Pó", "Giàng A Dơ")
    world.household(1, "Lò Văn Hai")
    device = world.tablet(0)

    talk(device)

    assert held(device) == world.expected(device)
    names = {d.body["name"] for d in device.state.documents.values() if d.kind == "registry.person"}
    assert names == {"Giàng A Pó", "Giàng A Dơ"}


def test_what_is_recorded_is_confirmed_and_comes_back_as_documents(world):
    device = world.tablet(0)
    other = world.tablet(0)
    talk(other)
    for _ in range(3):
        record(device, household(world), world.stations[0])

    talk(device)
    talk(other)

    assert (len(device.state.outbox), len(device.state.confirmed)) == (0, 3)
    assert held(device) == held(other) == world.expected(device)
