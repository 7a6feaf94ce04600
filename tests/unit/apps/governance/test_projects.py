"""Projects: two hands decide, money stays within its source, and what it brought is told (F08)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.governance.conftest import (
    BILLION,
    PROGRAM,
    TODAY,
    codes,
    equipped,
    good,
    op,
    payment,
    plan,
    reviewed,
    running,
    send,
)
from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.governance import queries
from tuyen.apps.governance.operations import (
    AdjustDisbursement,
    AmendProject,
    ApproveProject,
    CloseProject,
    Funding,
    NoteProgress,
    NoteUse,
    Phase,
    Planned,
    ProposeProject,
    TurnDownProject,
    Work,
)
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7

LOAN = Funding(source="loan", amount=136 * BILLION)


def page(id):
    return queries.project(by=PROGRAM, id=id, on=TODAY)


def somebody(n, role="planner"):
    return Actor(user=uuid7(), name=f"u{n}", channel="console", on=TODAY, purpose="duty",
                 posts=(HeldPost(uuid7(), role, place("P")),))  # fmt: skip


def test_f08_over_136_billion_keeps_its_word_its_dollars_and_its_rate(db):
    told = page(running())
    loan = told.sources[0]

    assert (loan.amount, loan.said) == (136 * BILLION, "over")
    assert (loan.foreign, loan.currency, loan.rate) == (
        Decimal(5_800_000), "USD", Decimal("23448.28"))  # fmt: skip
    assert (told.row.said, told.row.group, told.row.sites) == ("over", "B", 2)
    programme = page(running(
        name="Đề án hạ tầng, trang thiết bị 2023-2025", starts=date(2023, 1, 1), works=(), planned=(),
        funding=(Funding(source="state-budget", amount=1100 * BILLION, said="about"),),
    ))  # fmt: skip
    assert (programme.row.money.total, programme.row.said) == (1100 * BILLION, "about")


def test_nobody_approves_the_own_proposal(db):
    one, other = somebody(1), somebody(2, "director")
    proposal = op(ProposeProject(plan=plan()))
    assert codes(proposal, by=one) == ["accepted"]
    id = proposal.id

    assert codes(op(payment(id)), by=one) == ["unknown-project"]  # not approved yet
    assert codes(op(ApproveProject(version=id)), by=one) == ["second-person-needed"]
    assert codes(op(ApproveProject(version=id)), by=other) == ["accepted"]
    assert codes(op(ApproveProject(version=id)), by=other) == ["unknown-version"]
    assert codes(op(payment(id)), by=other) == ["access.not-allowed"]
    assert codes(op(payment(id)), by=one) == ["accepted"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends": date(2024, 1, 1)}, "ends-before-start"),
        ({"funding": (LOAN, LOAN)}, "said-twice"),
        ({"funding": (Funding(source="lottery", amount=BILLION),)}, "unknown-word"),
        ({"funding": (Funding(source="loan", amount=Decimal(0)),)}, "amount-impossible"),
        ({"funding": (Funding(source="loan", amount=BILLION, foreign=Decimal(5), currency="USD"),)},
         "rate-missing"),
        ({"funding": (Funding(source="loan", amount=136 * BILLION, foreign=Decimal(5_800_000),
                              currency="USD", rate=Decimal(25000)),)}, "rate-does-not-give"),
        ({"works": (Work(site=place("stM"), package="billing", source="loan", cost=BILLION),)},
         "source-may-not-pay"),
        ({"works": (Work(site=place("stM"), package="water", source="social", cost=BILLION),)},
         "source-not-of-project"),
        ({"works": (Work(site=place("cM"), package="water", source="loan", cost=BILLION),)}, "not-a-site"),
        ({"works": (Work(site=place("stM"), package="water", source="loan", cost=BILLION),) * 2},
         "said-twice"),
        ({"works": (Work(site=place("stM"), package="water", source="loan", cost=137 * BILLION),)},
         "works-beyond-source"),
        ({"planned": (Planned(month="2024-12", amount=BILLION),)}, "month-outside"),
        ({"planned": (Planned(month="2025-12", amount=141 * BILLION),)}, "planned-beyond-total"),
        ({"planned": (Planned(month="2025-12", amount=5 * BILLION, source="state-budget"),)},
         "planned-beyond-source"),
        ({"planned": (Planned(month="2025-12", amount=BILLION, source="social"),)}, "source-not-of-project"),
        ({"planned": (Planned(month="2025-12", amount=BILLION, source="loan"),) * 2}, "said-twice"),
        ({"phases": (Phase(stage="party", since=date(2025, 1, 1), until=date(2025, 2, 1)),)},
         "unknown-word"),
    ],
)  # fmt: skip
def test_a_plan_that_contradicts_itself_is_refused(db, changes, code):
    assert codes(op(ProposeProject(plan=plan(**changes)))) == [code]


def test_money_stays_within_its_source_within_a_batch_and_beyond(db):
    id = running()

    assert codes(
        op(payment(id, 100, "1")), op(payment(id, 36, "2")), op(payment(id, 1, "3")),
        op(payment(id, 1, "1", source="state-budget")),
    ) == ["accepted", "accepted", "spent-beyond-source", "voucher-known"]  # fmt: skip
    assert codes(op(payment(id, 1, "4"))) == ["spent-beyond-source"]
    assert codes(op(payment(id, 1, "5", source="social"))) == ["source-not-of-project"]
    assert codes(op(payment(id, 1, "6", source="state-budget"), "stM")) == ["unknown-project"]
    assert [(line.source, line.left) for line in page(id).sources] == [
        ("loan", 0), ("state-budget", 4 * BILLION)]  # fmt: skip


def test_a_payment_is_of_its_year_or_until_31_january_of_the_year_before(db):
    id = running()

    assert codes(
        op(payment(id, 1, "1", year=2025), on=date(2026, 1, 31)),
        op(payment(id, 1, "2", year=2025), on=date(2026, 2, 1)),
        op(payment(id, 1, "3", year=2027)), op(payment(id, 1, "4"), on=date(2026, 10, 26)),
    ) == ["accepted", "not-of-that-year", "not-of-that-year", "paid-in-future"]  # fmt: skip
    assert [(year.year, year.planned, year.paid) for year in page(id).years] == [
        (2025, 60 * BILLION, BILLION), (2026, 80 * BILLION, 0)]  # fmt: skip


def test_payments_are_held_against_the_plan_of_their_source_and_year(db):
    both = (
        Planned(month="2025-06", amount=60 * BILLION, source="loan"),
        Planned(month="2026-06", amount=70 * BILLION, source="loan"),
        Planned(month="2026-06", amount=4 * BILLION, source="state-budget"),
    )
    id = running(planned=both)
    good(payment(id, 35, "1"))
    good(payment(id, 1, "2", source="state-budget"))

    found = page(id)
    assert [(one.source, one.year, one.planned, one.paid, one.share) for one in found.split] == [
        ("loan", 2025, 60 * BILLION, 0, 0.0), ("loan", 2026, 70 * BILLION, 35 * BILLION, 0.5),
        ("state-budget", 2026, 4 * BILLION, BILLION, 0.25),
    ]  # fmt: skip
    assert [(year.year, year.planned) for year in found.years] == [
        (2025, 60 * BILLION), (2026, 74 * BILLION)]  # fmt: skip
    assert found.row.money.planned_by_now == 134 * BILLION  # months of two sources are added
    assert page(running()).split == []  # as it was planned before: not by source


def test_an_adjusted_payment_stays_to_be_read_and_another_stands_in_its_place(db):
    id = running()
    first = good(payment(id, 130, "1"))
    second = AdjustDisbursement(disbursement=first, source="loan", amount=13 * BILLION, voucher="1",
                                reason="Gõ thừa số 0")  # fmt: skip
    adjusted = good(second)

    assert codes(op(second)) == ["unknown-payment"]
    assert page(id).row.money.paid == 13 * BILLION
    good(AdjustDisbursement(disbursement=adjusted, source="loan", amount=Decimal(0), voucher="1",
                            reason="Chi nhầm dự án"))  # fmt: skip
    assert page(id).row.money.paid == 0
    assert [one.state for one in page(id).payments] == ["adjusted", "adjusted"]


def test_a_version_waits_alone_and_no_source_gives_less_than_it_paid(db):
    id = running()
    good(payment(id, 100, "1"))
    less = plan(funding=(Funding(source="loan", amount=90 * BILLION),), planned=(), works=())
    more = plan(funding=(Funding(source="loan", amount=150 * BILLION),))

    assert codes(op(AmendProject(project=id, plan=less, reason="Cắt giảm"))) == [
        "amended-below-paid"
    ]
    version = good(AmendProject(project=id, plan=more, reason="Bổ sung vốn"))
    assert codes(op(AmendProject(project=id, plan=more, reason="Bổ sung vốn"))) == [
        "another-version-waits"]  # fmt: skip
    assert page(id).row.money.total == 140 * BILLION
    assert codes(op(CloseProject(project=id))) == ["another-version-waits"]
    good(TurnDownProject(version=version, reason="Chưa cân đối"))
    version = good(AmendProject(project=id, plan=more, reason="Bổ sung vốn"))
    good(ApproveProject(version=version))
    assert (page(id).row.money.total, [v.state for v in page(id).versions]) == (
        150 * BILLION, ["in-force", "refused", "replaced"])  # fmt: skip


def test_a_slow_project_and_a_late_stage_are_told(db):
    phases = (Phase(stage="works", since=date(2026, 1, 1), until=date(2026, 9, 30)),)
    id = running(phases=phases)
    assert page(id).row.flag == "slow"
    good(payment(id, 130, "1"))
    good(NoteProgress(project=id, stage="works", percent=80, contract="01/HĐ", contractor="Công ty X",
                      value=2 * BILLION))  # fmt: skip

    told = page(id)
    assert (told.row.flag, told.stages[0].late, told.stages[0].percent) == ("", True, 80)
    good(NoteProgress(project=id, stage="works", percent=100))
    assert not page(id).stages[0].late
    late = running(name="Quá hạn", ends=date(2026, 6, 30))
    assert page(late).row.flag == "late"


def test_what_the_money_bought_is_the_lines_that_are_good_now_and_were_known_not_to_be(db):
    reviewed("stM", rooms="none", building="part", power="good")
    reviewed("stN", latrine="good")
    id = running()
    good(payment(id, 2, "1"))
    reviewed("stM", TODAY, rooms="good", building="good", power="none", latrine="good")
    reviewed("stN", TODAY, water="good", latrine="good")

    told = queries.bought(by=PROGRAM, id=id, on=TODAY)
    first = next(one for one in told.sites if one.unit == place("stM"))
    assert (first.bought.gained, first.bought.lost) == (2, 1)
    # Water of stN was not known before: it is not counted as bought.
    assert (told.total.gained, told.per_billion, told.visits) == (2, 1.0, None)

    sites = [place("stM"), place("stN")]
    good(CloseProject(project=id, outcome=queries.frozen(by=PROGRAM, sites=sites, on=TODAY)))
    reviewed("stM", TODAY, rooms="none")
    closed = queries.bought(by=PROGRAM, id=id, on=TODAY)
    assert (closed.closed, closed.total.gained) == (True, 2)
    assert codes(op(payment(id, 1, "9"))) == ["unknown-project"]


def test_a_station_reads_a_project_that_works_on_it_and_no_other(db):
    id = running(works=(Work(site=place("stM"), package="water", source="loan", cost=BILLION),))
    heads = {name: Actor(user=uuid7(), name=name, channel="console", on=TODAY, purpose="duty",
                         posts=(HeldPost(uuid7(), "station-head", place(name)),))
             for name in ("stM", "stN")}  # fmt: skip

    assert [row.id for row in queries.projects(by=heads["stM"], on=TODAY)] == [id]
    assert queries.projects(by=heads["stN"], on=TODAY) == []
    assert queries.project(by=heads["stN"], id=id, on=TODAY) is None
    assert queries.bought(by=heads["stN"], id=id, on=TODAY) is None


def test_a_programme_stays_within_its_budget_and_says_why_works_are_left_out(db):
    reviewed("stM", rooms="none", building="none", latrine="none", water="none", internet="none")
    reviewed("stN", water="part", power="none")
    made = queries.programme(
        by=PROGRAM, on=TODAY, budget={"social": 400, "loan": 9000}, listed=frozenset({place("stN")})
    )

    assert made.checked
    assert made.points <= made.bound <= 1.25 * made.points
    assert {(one.source, one.site) for one in made.chosen} >= {("loan", place("stN"))}
    assert all(one.site == place("stN") for one in made.chosen if one.source == "loan")
    assert sum(one.cost for one in made.chosen if one.source == "social") <= 400
    assert ("refurbish", "source") in {(one.package, one.why) for one in made.left}
    assert made.unknown > 0
    assert queries.offers(by=PROGRAM, on=TODAY)[0].per_billion >= 1


def test_an_idle_machine_is_told_and_where_it_is_missed(db):
    pieces = equipped("stM", "ultrasound", "ecg", "oximeter", "glucometer")
    equipped("stN", "oximeter", "ecg", "glucometer")
    for month in ("2026-08", "2026-09"):
        assert codes(
            op(NoteUse(piece=pieces["ultrasound"], month=month, days=1), "stM"),
            op(NoteUse(piece=pieces["ecg"], month=month, days=11, times=40), "stM"),
        ) == ["accepted", "accepted"]  # fmt: skip
    assert codes(
        op(NoteUse(piece=pieces["ecg"], month="2026-09", days=31), "stM"),
        op(NoteUse(piece=pieces["ecg"], month="2026-11", days=1), "stM"),
        op(NoteUse(piece=pieces["ecg"], month="2026-09", days=1), "stN"),
    ) == ["days-beyond-month", "days-beyond-month", "unknown-piece"]  # fmt: skip

    told = queries.equipment_use(by=PROGRAM, on=TODAY)
    assert [(row.kind, row.idle, round(row.rate, 2), row.times) for row in told.rows] == [
        ("ultrasound", True, 0.05, None), ("ecg", False, 0.5, 80)]  # fmt: skip
    assert [(one.piece.kind, one.to, one.near) for one in told.moves] == [
        ("ultrasound", place("stN"), True)]  # fmt: skip
    assert (told.recorded, told.pieces) == (2, 7)
    rows = {row.programme: row for row in queries.by_programme(by=PROGRAM, on=TODAY)}
    assert (rows["emergency"].fit, rows["mother-child"].all) == (2, 1)


def test_projects_take_constant_statements_and_are_rebuilt_by_a_replay(db):
    counted = []
    for many in (1, 5):
        proposals = [op(ProposeProject(plan=plan(name=f"Dự án {n}"))) for n in range(many)]
        with CaptureQueriesContext(connection) as asked:
            assert set(codes(*proposals)) == {"accepted"}
            assert set(codes(*(op(ApproveProject(version=p.id)) for p in proposals))) == {
                "accepted"
            }
            assert set(codes(*(op(payment(p.id, 1, "1")) for p in proposals))) == {"accepted"}
        with CaptureQueriesContext(connection) as read:
            queries.projects(by=PROGRAM, on=TODAY)
        counted.append((len(asked), len(read)))
    assert counted[0] == counted[1]
    assert [r.status for r in send(proposals[0])] == ["already-had"]
    assert replay().same
