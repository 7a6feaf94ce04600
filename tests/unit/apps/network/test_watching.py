"""What came of a decision: visits and doses on both maps, the same in sum; only for whom they are open."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.registry.conftest import TODAY, member, world  # noqa: F401  # fixtures
from tests.unit.apps.registry.provinces import Province
from tuyen.apps.access import policies
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.network import queries
from tuyen.apps.network.operations import DraftPlan, MergedCommune, SiteChoice
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.queries import AvailabilityRow
from tuyen.kernel.ids import uuid7

ON = date(2026, 9, 7)  # a Monday


@pytest.fixture
def own_map(db):
    """The map is the registry's own."""


@pytest.fixture
def decided(own_map, world, member):  # noqa: F811
    """Two communes become one from 2026-09-07; the station of the first stays."""
    at = Province(world, member)
    new = MergedCommune(id=uuid7(), type="commune", name="Mới", of=tuple(at.communes[:2]))
    sites = tuple(
        SiteChoice(unit=id, kind="satellite" if n == 1 else "main")
        for n, id in enumerate(at.stations)
    )
    draft = DraftPlan(
        title="Sắp xếp", on=ON, basis="QĐ", origin="present", merges=(new,), sites=sites
    )
    (plan,) = world.good(draft, unit=at.province)
    (decision,) = world.good(queries.decision_of(by=world.by, id=plan), unit=at.province)
    return at, new.id, decision


def told(at, first, last):
    """A visit a day at every station, three at the second; after the switch one less at the point."""
    return {
        (station, day): (3 if n == 1 else 1) - (n == 1 and day >= ON)
        for n, station in enumerate(at.stations)
        for day in (first + timedelta(days=k) for k in range((last - first).days + 1))
    }


def test_visits_and_doses_are_the_same_in_sum_on_both_maps(decided, monkeypatch):
    at, new, decision = decided
    monkeypatch.setattr(clinical, "visits_by_day", lambda *, by, first, last: told(at, first, last))
    monkeypatch.setattr(immunization, "doses_by_day", lambda *, by, first, last: {})
    availability = [AvailabilityRow(at.stations[0], "x", 8, 10, {})]
    monkeypatch.setattr(supply, "availability", lambda *, by, programme, first, last: availability)

    found = queries.watched(by=at.world.by, decision=decision)

    visits, doses = found.work
    assert (visits.what, doses.what) == ("visits", "doses")
    assert visits.conserved
    assert doses.conserved
    whole = [row for n, row in enumerate(found.rows) if not row.after and n > 0]
    assert {visits.totals[n + 1] for n in range(len(whole))} == {(56, 56)}
    lost = {unit: (round(was), round(now)) for unit, was, now in visits.communes}
    assert lost[new][0] == 28
    assert visits.communes[0][0] == new
    assert {(one.days, one.short) for one in found.stock} == {((10, 10), (2, 2))}
    assert found.stock[0].share(True) == 0.2
    rows = {row.unit: row for row in found.units}
    first, second = rows[at.stations[0]], rows[at.stations[1]]
    assert found.units[0].unit == at.stations[1], "whose visits fell the most comes first"
    assert (second.stands, second.visits, second.doses) == ((True, True), (21.0, 14.0), (0.0, 0.0))
    assert second.days == (0, 0)
    programmes = len(found.stock)
    assert (first.visits, first.days, first.short) == (
        (7.0, 7.0),
        (10 * programmes, 10 * programmes),
        (2 * programmes, 2 * programmes),
    )
    assert sum(row.due[0] for row in found.units) == sum(r.due for r in found.rows if not r.after)


def test_who_may_not_see_the_figures_of_care_is_shown_none(decided, monkeypatch):
    at, _new, decision = decided
    scope = policies.scope
    monkeypatch.setattr(policies, "scope", lambda by, right: scope(by, right) if right.startswith(
        ("registry", "surveillance", "network")) else ())  # fmt: skip

    found = queries.watched(by=at.world.by, decision=decision)

    assert (found.work, found.stock) == ((), ())
    assert {(row.visits, row.doses, row.days) for row in found.units} == {(None, None, (0, 0))}
