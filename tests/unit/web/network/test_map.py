"""The network map: bands, a day that moves without a script, figures that open to villages."""

from weakref import WeakKeyDictionary

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.network.conftest import PEOPLE, place
from tests.unit.apps.network.test_ways import surface  # noqa: F401  # a fixture
from tuyen.apps.network import ground, places
from tuyen.web.charts.maps import Marker
from tuyen.web.charts.reachmap import Band, Dot, render_reach_map

pytestmark = pytest.mark.django_db
MAP = "/network/map/"
MOST = 4


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


def test_the_map_says_by_what_it_measures_and_its_figures_open_to_villages(planner, surface):  # noqa: F811
    page = planner.get(MAP, {"mode": "foot", "season": "wet"}).content.decode()

    assert "Thử" in page
    assert page.count('class="reach-band') == 5
    assert '<option value="foot" selected>' in page
    rows = planner.get("/network/map/villages/", {"within": "180", "mode": "foot", "season": "wet"})
    assert rows.context["people"] == sum(PEOPLE.values())
    assert [v.people for v in rows.context["rows"]]
    none = planner.get("/network/map/villages/", {"beyond": "9000"})
    assert none.context["count"] == 0
    csv = planner.get("/network/map/villages/", {"within": "180", "form": "csv"})
    assert csv["Content-Type"].startswith("text/csv")


def test_the_map_asks_the_same_few_statements_whatever_is_asked_of_it(planner, surface):  # noqa: F811
    asked = ({}, {"mode": "foot", "season": "wet"}, {"at": "0"})
    counted = []
    for given in ({}, *asked):  # the first fills what is kept of a day
        with CaptureQueriesContext(connection) as context:
            assert planner.get(MAP, given).status_code == 200
        counted.append(len(context))

    assert len(set(counted[1:])) == 1
    assert counted[1] == MOST


def test_without_a_surface_the_map_says_that_ways_are_straight(planner, settings, tmp_path):
    settings.SURFACES = tmp_path
    page = planner.get(MAP)

    assert page.context["way"].kind == "straight"
    assert page.content.decode().count('class="reach-band') == 0


def test_addresses_that_mean_nothing_are_answered_with_today(planner, settings, tmp_path):
    settings.SURFACES = tmp_path
    for query in ("at=-5", "at=999", "at=x", "mode=rocket&season=snow", "within=x"):
        assert planner.get(f"{MAP}?{query}").status_code == 200
        assert planner.get(f"{MAP}villages/?{query}&page=99").status_code == 200


def test_without_any_site_the_page_says_so(planner, settings, tmp_path, monkeypatch):
    settings.SURFACES = tmp_path
    monkeypatch.setattr(places, "SITES", ("cdc",))
    monkeypatch.setattr(ground, "_kept", WeakKeyDictionary())
    assert planner.get(MAP).context["picture"] == ""


def test_the_picture_has_words_for_every_band_and_size():
    ring = [(0, 0), (2, 0), (2, 1), (0, 1)]
    from tuyen.engines.network.projection import Frame

    drawn = render_reach_map(
        title="<Phút>", sub="", frame=Frame(103.0, 21.0, 500.0, 10, 10),
        bands=[Band("15", [ring], 10), Band("xa", [ring], 2)], dots=[Dot(103.01, 20.99, 40)],
        markers=[Marker("station", "Trạm", 103.02, 20.98, "/x/")], outlines=[],
    )  # fmt: skip
    assert "&lt;Phút&gt;" in drawn
    assert "M0 0h2v1h-2z" in drawn
    assert "15 (10)" in drawn
    assert "people-dot people-0" in drawn
    assert 'href="/x/"' in drawn
