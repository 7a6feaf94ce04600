"""An installation whose map has no site yet: every page of the studio opens and says so."""

import pytest
from django.urls import reverse

from tests.unit.apps.network.conftest import PLACES, place
from tuyen.apps.access import policies
from tuyen.apps.network import places
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.atlas import EARLIEST, LATEST, Atlas, Lives, Span, Title


@pytest.fixture
def province_alone(monkeypatch):
    """The map holds the province and nothing in it."""
    lon, lat = PLACES["P"][1:3]
    unit = Lives(
        place("P"), "area", None, None, names=(Span(EARLIEST, LATEST, Title("P", "province P")),), codes=(), functions=(),
        types=(Span(EARLIEST, LATEST, "province"),), points=(Span(EARLIEST, LATEST, (lon, lat, "test")),),
    )  # fmt: skip
    alone = Atlas({unit.id: unit}, [], [])
    for room in (places, registry):
        monkeypatch.setattr(room, "atlas", lambda: alone)
    monkeypatch.setattr(policies, "_reach", alone.reach)
    monkeypatch.setattr(registry, "people_at", lambda *, by, on: {})


def test_without_any_site_every_page_opens(signed_in, province_alone, settings, tmp_path):
    settings.SURFACES = tmp_path
    planner = signed_in("planner", place("P"))
    routes = (
        "network-sites", "network-map", "network-map-villages", "network-plans", "network-frontier",
        "network-norms", "staff-transfers", "staff-transfers-plan", "readiness", "projects", "project-new",
        "packages", "equipment-use", "outreach", "outreach-teams", "outreach-plans", "outreach-points",
        "workforce", "workforce-structure", "workforce-norms", "staff", "roster", "leaves", "surge", "allowances",
        "retention", "training", "training-needs",
    )  # fmt: skip

    assert {route: planner.get(reverse(route)).status_code for route in routes} == dict.fromkeys(
        routes, 200
    )
    needs = planner.get(reverse("training-needs")).content.decode()
    assert "Nobody is on file here" in needs, "nobody is known, which is not: nobody lacks anything"
    assert "No station is in your reach" in planner.get(reverse("readiness")).content.decode()
    made = planner.post(
        reverse("network-plan-new"), {"title": "Thử", "on": "01/04/2027", "origin": "present"}
    )
    assert made.status_code == 422
    assert "enter the network first" in made.content.decode()
