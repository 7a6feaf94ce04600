"""A plan that is put forward: under its own proposal, once, and only where no rule is broken."""

from datetime import date

import pytest

from tests.unit.apps.registry.conftest import member, world  # noqa: F401  # fixtures
from tests.unit.apps.registry.provinces import Province
from tuyen import rules as files
from tuyen.apps.network import queries
from tuyen.apps.network.operations import ChangePlan, DraftPlan, PutPlanForward, SiteChoice
from tuyen.apps.registry.operations import ProposeReorganisation, WithdrawProposal
from tuyen.kernel.ids import uuid7
from tuyen.rules import network as rules
from tuyen.rules.loader import BadRule

ON = date(2026, 10, 1)


@pytest.fixture
def own_map(db):
    """The map is the registry's own."""


@pytest.fixture
def at(own_map, world, member):  # noqa: F811
    return Province(world, member)


def drafted(at, title="Phương án 1", *sites):
    draft = DraftPlan(title=title, on=ON, basis="QĐ thử", origin="present", sites=sites)
    (id,) = at.world.good(draft, unit=at.province)
    return id


def proposed(at, id):
    decision = queries.decision_of(by=at.world.by, id=id)
    (proposal,) = at.world.good(ProposeReorganisation(decision=decision), unit=at.province)
    return proposal


def told(at, plan, proposal):
    (receipt,) = at.world.send(PutPlanForward(plan=plan, proposal=proposal), unit=at.province)
    return receipt.refusal.code.removeprefix("network.") if receipt.refusal else receipt.status


def test_a_plan_is_put_forward_under_its_own_proposal_and_no_other_plan_takes_it(at):
    one, same, other = drafted(at), drafted(at, "Bản sao"), drafted(
        at, "Khác", SiteChoice(unit=at.stations[0], kind="repurposed", destination="school"))  # fmt: skip
    proposal = proposed(at, one)

    assert told(at, other, uuid7()) == "commune-without-station"
    assert told(at, same, uuid7()) == "not-this-plan"
    assert told(at, one, proposal) == "accepted"
    assert told(at, same, proposal) == "proposal-of-another-plan"


def test_two_plans_of_one_commit_cannot_share_a_proposal(at):
    one, same = drafted(at), drafted(at, "Bản sao")
    proposal = proposed(at, one)
    both = [PutPlanForward(plan=id, proposal=proposal) for id in (one, same)]

    receipts = at.world.send(*both, unit=at.province)

    assert [r.status for r in receipts] == ["accepted", "refused"]
    assert receipts[1].refusal.code == "network.proposal-of-another-plan"


def test_a_proposal_that_decides_something_else_or_waits_no_more_is_refused(at):
    one = drafted(at)
    proposal = proposed(at, one)
    point = at.world.open("satellite_point", "Điểm 0", ("lies_in", at.communes[0]))
    fresh = drafted(at, "Có điểm", SiteChoice(unit=point, kind="repurposed", destination="school"))

    assert told(at, fresh, proposal) == "not-this-plan"
    at.world.good(WithdrawProposal(proposal=proposal, reason="thử"), unit=at.province)
    assert told(at, one, proposal) == "not-this-plan"


def test_two_main_stations_are_not_put_forward_until_one_is_chosen(at):
    point = at.world.open("satellite_point", "Điểm 0", ("lies_in", at.communes[0]))
    two = drafted(at, "Hai trạm", SiteChoice(unit=point, kind="main"))

    assert told(at, two, uuid7()) == "two-main-stations"
    chosen = SiteChoice(unit=at.stations[0], kind="satellite")
    at.world.good(ChangePlan(plan=two, sites=(chosen,)), unit=at.province)
    assert told(at, two, proposed(at, two)) == "accepted"


def test_a_norm_without_its_source_is_refused_by_name(tmp_path, monkeypatch):
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "norms.yaml").write_text(
        "doctors:\n  unit: doctors\n  values:\n    - {from: 2026-01-01, value: 9, confidence: H}\n"
    )
    monkeypatch.setenv("TUYEN_RULES", str(tmp_path))

    with pytest.raises(BadRule, match=r"doctors.*source"):
        rules.norm("doctors", ON)
    monkeypatch.delenv("TUYEN_RULES")
    assert files.load("network/norms")
