"""While an engine is compiled, the page that needs it says so and asks again."""

import pytest

from tests.unit.apps.network.conftest import place
from tests.unit.apps.network.test_ways import surface  # noqa: F401  # a fixture
from tuyen.apps.network import loading

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


@pytest.fixture
def compiling(monkeypatch):
    """A server that has compiled nothing yet; loading takes no time here."""
    monkeypatch.setattr(loading, "_missing", set())
    monkeypatch.setattr(loading, "_PARTS", {loading.WAYS: int, loading.DECISIONS: int})
    loading.begin()


def test_the_map_asks_again_until_its_engine_is_there(planner, surface, compiling):  # noqa: F811
    early = planner.get("/network/map/")

    assert early.status_code == 503
    assert early["Refresh"] == early["Retry-After"] == "5"
    assert "<h1" in early.content.decode()

    loading.load()
    assert planner.get("/network/map/").status_code == 200


def test_what_was_sent_is_not_sent_again_by_itself(planner, compiling):
    answer = planner.post("/network/plans/new/", {
        "title": "Thử", "on": "01/04/2027", "origin": "engine",
    })  # fmt: skip

    assert answer.status_code == 503
    assert "Refresh" not in answer
