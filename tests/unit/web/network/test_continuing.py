"""The cut-over checklist says which chronic patients lose their place, to whom figures of care are open."""

from django.urls import reverse

from tests.unit.apps.network.conftest import PROGRAM, place
from tests.unit.apps.network.test_functions import ill, point  # noqa: F401  # a fixture
from tests.unit.apps.network.test_plans import drafted, plan
from tuyen.apps.access import policies
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.network import queries


def test_the_checklist_shows_them_and_only_to_whom_figures_of_care_are_open(
    signed_in,
    ill,  # noqa: F811
    monkeypatch,
):
    id = drafted(point("pM", "immunisation"))
    planner = signed_in("planner", place("P"))

    page = planner.get(reverse("network-cutover", args=[id])).content.decode()

    assert "village m2 (40)" in page
    assert "3 without a known way" in page
    scope = policies.scope
    monkeypatch.setattr(policies, "scope", lambda by, right: () if right == clinical.FIGURE else scope(by, right))  # fmt: skip
    assert queries.continuing(by=PROGRAM, page=plan(id)) is None
    assert (
        "village m2 (40)" not in planner.get(reverse("network-cutover", args=[id])).content.decode()
    )
