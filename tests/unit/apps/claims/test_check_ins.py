"""The check-in: owed at the first cost of an insured visit, posted before its claim, again if refused."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.claims.conftest import BEGAN, FACILITY, NOW, TODAY, pair, visit
from tests.unit.apps.claims.test_life import TABLES, amended, run
from tests.unit.engines.claims import making
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.claims import outbox, signing, tasks
from tuyen.apps.claims.models import Attempt, Claim, Submission
from tuyen.apps.claims.operations import (
    ApproveClaims,
    KeepCheckIn,
    Line,
    PrepareClaims,
    RepeatCheckIn,
    SetCatalogue,
)
from tuyen.apps.claims.portal import Client
from tuyen.apps.claims.queries import claim as page
from tuyen.apps.claims.queries import desk
from tuyen.apps.claims.settings import Portal
from tuyen.apps.claims.standin import StandIn, opened
from tuyen.apps.clinical.operations import VoidVisit
from tuyen.apps.journal.replay import replay
from tuyen.engines.claims.checkin import check_in
from tuyen.kernel.ids import uuid7


@pytest.fixture
def posting(station):
    """The station, where check-ins are posted."""
    told = Line(values=FACILITY | {"check_in": "yes"})
    station.good(SetCatalogue(kind="facility", since=date(2026, 1, 2), lines=(told,)))
    return station


def state(station, id):
    return station.claim(id).check_in


def test_a_check_in_is_owed_of_an_insured_visit_and_not_of_an_emergency(posting):
    person = posting.patient()
    told = [
        posting.visit(person, began_at=BEGAN + timedelta(hours=n), ended_at=None, next=None, **rest)
        for n, rest in enumerate(({}, {"attendance": "2"}, {"payer": "self"}))
    ]

    assert [state(posting, id) for id in told] == ["due", "", ""]


def test_it_is_posted_to_the_portal_before_its_claim_and_both_receipts_stay(posting, key):
    id = posting.ready()
    standin = StandIn(certificate=pair()[1], now=lambda: NOW)
    posting.good(ApproveClaims(claims=(id,)))
    with opened(standin) as address:
        portal = Client(
            Portal(address, "20001_BV", "rehearsal", "20", "Lò Văn C", "020182037967", 5)
        )
        done = outbox.run(portal, lambda: NOW)

    assert (done.accepted, done.waiting) == (2, 0)
    assert [got.kind for got in standin.got] == ["0", "130"]
    assert (state(posting, id), posting.claim(id).state) == ("accepted", "accepted")
    row = making.again(standin.got[0].content).tables["XML0"][0]
    assert (row["MA_LK"], row["MA_DICH_VU"], row["NGAY_YL"]) == (id.hex, "02.1896", "202610050931")
    assert [f.kind for f in page(by=posting.by, id=id, on=TODAY).files] == ["0", "130"]
    assert desk(by=posting.by, on=TODAY).check_ins == {}


def test_a_visit_without_a_cost_owes_none_until_there_is_one(posting, key):
    id = posting.visit(
        posting.patient(), care="07", served=(), dispensed=(), prescribed=(), next=None
    )
    nothing = tasks.check_in(None, NOW)
    posting.good(amended(id, next=None))
    made = tasks.check_in(None, NOW)

    assert nothing == []
    assert len(made) == 1
    assert state(posting, id) == "waiting"


def test_what_was_amended_or_taken_back_before_it_left_does_not_leave_as_it_was(posting, key):
    id = posting.visit(posting.patient())
    tasks.check_in([id], NOW)
    posting.good(amended(id, advice="Đi bộ"))
    again = state(posting, id)
    tasks.check_in([id], NOW)
    posting.good(VoidVisit(visit=id, reason="Nhầm"))
    _, portal = run()

    assert (again, state(posting, id), portal.offered) == ("due", "", [])
    files = Submission.objects.order_by("number").values_list("number", "state")
    assert list(files) == [(1, "withdrawn"), (2, "withdrawn")]


def test_one_that_was_refused_is_posted_again_and_no_other(posting, key):
    id = posting.visit(posting.patient())
    early = posting.codes(RepeatCheckIn(claims=(uuid7(),)))
    tasks.check_in(None, NOW)
    waiting = posting.codes(RepeatCheckIn(claims=(id,)))
    run("703")
    refused = desk(by=posting.by, on=TODAY).check_ins
    posting.good(RepeatCheckIn(claims=(id,)))
    repeated = state(posting, id)
    run()

    assert (early, waiting) == (["unknown-claim"], ["check-in-not-refused"])
    assert refused == {"refused": 1}
    assert (repeated, state(posting, id)) == ("waiting", "accepted")
    assert [a.outcome for a in Attempt.objects.order_by("at", "id")] == ["refused", "accepted"]


def test_nobody_but_the_program_keeps_one_and_only_its_own_bytes(posting, key):
    id = posting.visit(posting.patient())
    told = {"claim": id, "version": 1, "facility": "20001", "signer": "0" * 64, "content": "eA=="}
    head = Actor(user=uuid7(), name="Người thử", on=TODAY, channel="api",
                 posts=(HeldPost(uuid7(), "station-head", posting.id),))  # fmt: skip
    forged = KeepCheckIn(**told, digest="0" * 64)

    assert posting.codes(forged, by=head) == ["by-program"]
    assert posting.codes(
        forged, KeepCheckIn(**told | {"claim": uuid7()}, digest="0" * 64),
        KeepCheckIn(**told | {"version": 9}, digest="0" * 64),
    ) == ["not-the-bytes", "unknown-claim", "wrong-state"]  # fmt: skip


@pytest.mark.parametrize("node", ["THONGTINHOSO", "whole"])
def test_a_check_in_is_signed_as_a_claim_is(node):
    signed = signing.XmlSigner(*pair(), node).sign(making.written_check_in())

    assert signing.verify(signed, pair()[1]).signer == signing.fingerprint(pair()[1])
    with pytest.raises(signing.NotSigned):
        signing.verify(signed.replace(b"<STT>1<", b"<STT>2<"), pair()[1])


def test_the_first_cost_is_the_earliest_line_and_of_one_minute_the_service():
    head = {"MA_LK": "1", "MA_BN": "2", "SO_CCCD": ""}
    drug = {"MA_THUOC": "40.1", "TEN_THUOC": "A", "NGAY_YL": "202610040931"}
    service = {"MA_DICH_VU": "02.1", "TEN_DICH_VU": "Khám", "NGAY_YL": "202610040931"}
    later = check_in(
        {"XML1": [head], "XML2": [drug], "XML3": [service | {"NGAY_YL": "202610040935"}]}
    )
    same = check_in({"XML1": [head], "XML2": [drug], "XML3": [service]})

    assert (later["MA_THUOC"], later["NGAY_YL"], "MA_DICH_VU" in later) == (
        "40.1",
        "202610040931",
        False,
    )
    assert same["MA_DICH_VU"] == "02.1"
    assert "SO_CCCD" not in same
    assert check_in({"XML1": [head]}) is None


def test_a_facility_that_only_tests_posts_none(station, key):
    id = station.signed()

    assert tasks.check_in(None, NOW) == []
    assert [f.kind for f in Submission.objects.filter(claim_id=id)] == ["130"]


@pytest.mark.nightly
def test_one_by_one_is_as_all_at_once_and_a_replay_equals_the_tables(posting, key):
    person = posting.patient()
    visits = [visit(person, began_at=BEGAN + timedelta(hours=n), ended_at=None) for n in range(3)]
    ids = posting.good(*visits[:2]) + posting.good(visits[2])
    tasks.check_in(ids, NOW)
    posting.good(amended(ids[1], advice="Một"))
    run("703", "ok")
    posting.good(RepeatCheckIn(claims=(ids[0],)), PrepareClaims(claims=tuple(ids)))
    before = {model: sorted(model.objects.values_list(), key=str) for model in TABLES}

    assert [state(posting, id) for id in ids] == ["waiting", "due", "accepted"]
    assert Claim.objects.count() == 3
    assert replay().same
    assert {model: sorted(model.objects.values_list(), key=str) for model in TABLES} == before
