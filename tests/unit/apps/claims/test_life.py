"""The life of a claim: followed, checked, agreed to, signed, sent, answered, corrected."""

import base64
import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.claims.conftest import BEGAN, NOW, TODAY, visit
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.claims import outbox, signing, tasks
from tuyen.apps.claims.models import Attempt, CatalogueLine, Claim, Denial, PatientFacts, Submission
from tuyen.apps.claims.operations import (
    Answer,
    ApproveClaims,
    Change,
    CorrectClaim,
    ImportAnswers,
    KeepFile,
    Line,
    PrepareClaims,
    RecordAttempt,
    RecordCheck,
    SetCatalogue,
)
from tuyen.apps.claims.operations.machine import Checked
from tuyen.apps.claims.portal import Answered, Down
from tuyen.apps.claims.queries import claim as page
from tuyen.apps.claims.queries import desk, lacking, reasons
from tuyen.apps.claims.stored import visit_of
from tuyen.apps.clinical.operations import AmendVisit, Content, Dispensed, VoidVisit
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7

TABLES = (Claim, Submission, Attempt, Denial, CatalogueLine, PatientFacts)


class Portal:
    """Answers as it is told to, and remembers what it was offered."""

    def __init__(self, *answers):
        self.answers, self.offered = list(answers), []

    def check_in(self, content, facility):
        return self.send(content, facility)

    def send(self, content, facility):
        self.offered.append((content, facility))
        answer = self.answers.pop(0) if self.answers else "ok"
        if isinstance(answer, Exception):
            raise answer
        if answer == "ok":
            n = len(self.offered)
            return Answered(True, "200", f"GD{n}", "20261006100000", "Thành công")
        return Answered(False, answer, "", "", "Sai")


def run(*answers, at=NOW, **rest):
    portal = Portal(*answers)
    return outbox.run(portal, lambda: at, **rest), portal


def amended(id, **changes):
    told = visit(Claim.objects.get(pk=id).person_id, **changes)
    content = Content(**{name: getattr(told, name) for name in Content.__struct_fields__})
    return AmendVisit(visit=id, reason="Nhầm", content=content)


def accepted(station, **changes):
    id = station.signed(**changes)
    run()
    return id


def test_a_visit_is_checked_signed_and_taken(station, key):
    id = station.visit(station.patient())
    opened = station.claim(id)
    station.good(PrepareClaims(claims=(id,)))
    ready = station.claim(id)
    station.good(ApproveClaims(claims=(id,)))
    signed = station.claim(id)
    done, portal = run()
    taken = station.claim(id)

    assert (opened.state, opened.due_on) == ("open", date(2026, 10, 14))
    assert (ready.state, ready.findings, ready.missing) == ("ready", "[]", "[]")
    assert (ready.total, ready.fund) == (Decimal("62365"), Decimal("62365"))
    assert (signed.state, taken.state) == ("signed", "accepted")
    assert (done.accepted, done.waiting) == (1, 0)
    ((content, facility),) = portal.offered
    file = Submission.objects.get()
    assert (bytes(file.content), facility) == (content, "20001")
    assert (file.digest, file.transaction) == (hashlib.sha256(content).hexdigest(), "GD1")
    assert signing.verify(content, key).node == "THONGTINHOSO"
    assert Attempt.objects.get().outcome == "accepted"


def test_an_uninsured_patient_has_the_same_claim(station, key):
    id = station.visit(station.patient(card="", number="020182037967"), payer="self")
    station.good(PrepareClaims(claims=(id,)))

    claim = station.claim(id)
    assert (claim.state, claim.total, claim.fund) == ("ready", Decimal("62365"), 0)


def test_what_the_catalogue_lacks_is_told_with_where_to_enter_it(station):
    id = station.ready(dispensed=(Dispensed(item="losartan-50", quantity=Decimal(30), days=30),))

    claim = station.claim(id)
    (lack,) = lacking(by=station.by, on=TODAY)

    assert claim.state == "faulty"
    assert [(m["where"], m["key"]) for m in json.loads(claim.missing)] == [("drug", "losartan-50")]
    assert (lack.where, lack.key, lack.claims) == ("drug", "losartan-50", 1)


def test_a_price_is_that_of_the_day_on_which_the_visit_ended(station):
    later = {"code": "40.491", "name": "Amlodipin", "unit": "Viên", "strength": "5mg",
             "route": "1.01", "registration": "VD-2-18", "tender": "QĐ1;G1;N1;2026"}  # fmt: skip
    for since, price in ((date(2026, 10, 6), "500"), (date(2026, 9, 1), "200")):
        line = Line(key="amlodipine-5", values={**later, "price": price})
        station.good(SetCatalogue(kind="drug", since=since, lines=(line,)))

    id = station.ready()

    spans = CatalogueLine.objects.filter(kind="drug").order_by("since")
    assert [(str(r.since), str(r.until)) for r in spans] == [
        ("2026-01-01", "2026-09-01"),
        ("2026-09-01", "2026-10-06"),
        ("2026-10-06", "None"),
    ]
    assert page(by=station.by, id=id, on=TODAY).tables["XML2"][0]["DON_GIA"] == "200"


@pytest.mark.parametrize(
    ("kind", "line", "refused"),
    [
        ("drug", Line(values={"code": "40.1"}), "key-needed"),
        ("facility", Line(key="x", values={"department": "K01"}), "key-needed"),
        ("drug", Line(key="a", values={"colour": "red"}), "unknown-field"),
        ("drug", Line(key="a", values={"code": "40.491"}), "field-needed"),
        ("facility", Line(values={"insurer_code": "2000"}), "field-form"),
        ("facility", Line(values={"summary_for_all": "perhaps"}), "field-form"),
        ("practitioner", Line(key="a", values={"name": "x" * 300}), "field-form"),
    ],
)
def test_a_line_that_the_rules_do_not_allow_is_refused(station, kind, line, refused):
    assert station.codes(SetCatalogue(kind=kind, since=TODAY, lines=(line,))) == [refused]


def test_a_line_ends_and_one_that_says_the_same_changes_nothing(station):
    same = SetCatalogue(
        kind="practitioner", since=TODAY, lines=(Line(key="1/LS", values={"name": "A"}),)
    )
    ends = SetCatalogue(kind="practitioner", since=TODAY + timedelta(3), lines=(Line(key="1/LS"),))
    twice = SetCatalogue(
        kind="practitioner", since=TODAY,
        lines=(Line(key="1/LS", values={"name": "A"}), Line(key="1/LS", values={"name": "B"})),
    )  # fmt: skip

    assert station.codes(same, same, ends, twice) == ["accepted"] * 3 + ["key-twice"]
    (row,) = CatalogueLine.objects.filter(kind="practitioner")
    assert (row.since, row.until) == (TODAY, TODAY + timedelta(3))


def test_only_what_was_found_without_error_may_go(station, key):
    id = station.visit(station.patient())

    assert station.codes(
        ApproveClaims(claims=(id,)),
        ApproveClaims(claims=(uuid7(),)),
        PrepareClaims(claims=(uuid7(),)),
    ) == ["not-ready", "unknown-claim", "unknown-claim"]


def test_without_a_key_what_was_agreed_to_waits(station, tmp_path, monkeypatch):
    monkeypatch.setattr("tuyen.apps.claims.settings.folder", lambda: tmp_path)
    id = station.ready()
    station.good(ApproveClaims(claims=(id,)))

    assert station.claim(id).state == "approved"
    assert not Submission.objects.exists()


def test_what_changed_after_the_check_is_not_signed(station, key, monkeypatch):
    id = station.ready()
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "sign", lambda ids, at: [])
        station.good(ApproveClaims(claims=(id,)))
    values = json.loads(CatalogueLine.objects.get(kind="drug").values)
    line = Line(key="amlodipine-5", values={**values, "price": "99"})
    station.good(SetCatalogue(kind="drug", since=date(2026, 1, 1), lines=(line,)))

    tasks.sign(None, NOW)

    assert not Submission.objects.exists()
    assert station.claim(id).state == "ready"


def test_a_portal_that_is_away_a_week_loses_nothing_and_keeps_the_order(station, key):
    first = station.signed()
    person = Claim.objects.get(pk=first).person_id
    second = station.visit(person, began_at=BEGAN + timedelta(hours=2), ended_at=None, served=(), dispensed=(),
                           prescribed=(), next=None, care="01")  # fmt: skip
    station.good(PrepareClaims(claims=(second,)))
    station.good(ApproveClaims(claims=(second,)))

    at, pauses = NOW, []
    for _ in range(9):
        done, portal = run(Down("away"), at=at)
        assert (done.stopped, len(portal.offered)) == ("down", 1)
        again = Submission.objects.order_by("seq").first().next_at
        pauses.append(int((again - at).total_seconds() // 60))
        assert run(at=again - timedelta(seconds=1))[0].stopped != ""
        at = again
    done, portal = run(at=at + timedelta(days=7))
    late = desk(by=station.by, on=date(2026, 10, 20))

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (done.accepted, done.waiting, late.outbox.files) == (2, 0, 0)
    keys = [visit_of(content).header()["MA_LK"] for content, _ in portal.offered]
    assert keys == [first.hex, second.hex]


def test_the_clocks_say_what_is_late(station):
    station.ready()

    early = desk(by=station.by, on=date(2026, 10, 6))
    soon = desk(by=station.by, on=date(2026, 10, 13))
    late = desk(by=station.by, on=date(2026, 10, 15))

    assert [(d.late, d.soon) for d in (early, soon, late)] == [(0, 0), (0, 1), (1, 0)]


def test_a_refused_file_is_corrected_under_the_same_key(station, key):
    id = station.signed()
    run("702")
    assert (station.claim(id).state, station.claim(id).correct_by) == ("refused", date(2026, 10, 8))

    change = Change(table="XML1", row=1, field="MA_HSBA", text="2610-9")
    station.good(CorrectClaim(claim=id, reason="Sai số hồ sơ", changes=(change,)))
    station.good(PrepareClaims(claims=(id,)))
    station.good(ApproveClaims(claims=(id,)))
    _done, portal = run()

    header = visit_of(portal.offered[0][0]).header()
    assert (header["MA_LK"], header["MA_HSBA"]) == (id.hex, "2610-9")
    assert [f.number for f in Submission.objects.order_by("seq")] == [1, 2]
    assert (station.claim(id).state, station.claim(id).correct_by) == ("accepted", None)


def test_corrections_that_cannot_be_are_refused(station, key):
    fresh = station.ready()
    on_way = station.visit(
        station.claim(fresh).person_id, began_at=BEGAN + timedelta(hours=3), ended_at=None
    )

    key_change = (Change(table="XML1", row=1, field="MA_LK", text="x"),)
    before = station.codes(CorrectClaim(claim=fresh, reason="Thử"))
    station.good(ApproveClaims(claims=(fresh,)))
    during = station.codes(CorrectClaim(claim=fresh, reason="Thử"), PrepareClaims(claims=(fresh,)))
    run()
    after = station.codes(CorrectClaim(claim=fresh, reason="Thử", changes=key_change))

    assert (before, during, after) == (["nothing-sent"], ["on-its-way"] * 2, ["link-key-stays"])
    assert station.claim(on_way).state == "open"


def test_a_visit_amended_before_the_sending_withdraws_its_file(station, key):
    id = station.signed()
    station.good(amended(id, advice="Đi bộ"))

    _done, portal = run()

    assert (station.claim(id).state, station.claim(id).version) == ("open", 2)
    assert (portal.offered, Submission.objects.get().state) == ([], "withdrawn")


def test_a_visit_amended_after_the_sending_shows_what_differs(station, key):
    id = accepted(station)
    assert page(by=station.by, id=id, on=TODAY).differs == ()

    station.good(amended(id, advice="Đi bộ"))

    shown = page(by=station.by, id=id, on=TODAY)
    assert shown.row.amended
    assert [(d.field, d.before, d.after) for d in shown.differs] == [
        ("PP_DIEU_TRI", "Ăn nhạt", "Đi bộ")
    ]


def test_a_void_visit_needs_no_claim_unless_it_was_sent(station, key):
    unsent, sent = station.ready(), None
    station.good(VoidVisit(visit=unsent, reason="Nhập nhầm"))
    sent = station.visit(station.claim(unsent).person_id)
    station.good(PrepareClaims(claims=(sent,)))
    station.good(ApproveClaims(claims=(sent,)))
    run()
    station.good(VoidVisit(visit=sent, reason="Nhập nhầm"))

    assert station.claim(unsent).state == "void"
    assert (station.claim(sent).state, station.claim(sent).amended) == ("accepted", True)


def answers(*rows, on=date(2026, 10, 20)):
    return ImportAnswers(answered_on=on, answers=tuple(rows), file="tra-loi.xlsx")


def test_a_refusal_is_matched_once_and_its_money_counts_once(station, key):
    id = accepted(station)
    drug = Answer(key=id.hex, outcome="denied", table="XML2", row=1, field="DON_GIA", reason="GIA")
    other = Answer(
        key=id.hex, outcome="denied", table="XML2", row=1, field="SO_LUONG", reason="LUONG"
    )
    lost = Answer(key="nobody", outcome="denied", reason="GIA", amount=Decimal(5000))

    station.good(answers(drug, other, lost))
    station.good(answers(drug, other, lost))

    rows = Denial.objects.order_by("-at_risk", "reason").values_list("reason", "status", "at_risk")
    assert sorted(rows) == [("GIA", "line", Decimal("3465.00")), ("GIA", "unknown", Decimal(0)),
                            ("LUONG", "line", Decimal(0))]  # fmt: skip
    assert (station.claim(id).state, station.claim(id).correct_by) == ("denied", date(2026, 10, 22))
    (first, *_) = reasons(by=station.by, first="2026-10", last="2026-10")
    assert (first.reason, first.amount, first.running) == ("GIA", Decimal("3465.00"), 1)


def test_a_refusal_of_a_visit_amended_since_says_so(station, key):
    id = accepted(station)
    station.good(amended(id, advice="Đi bộ"))

    station.good(answers(Answer(key=id.hex, outcome="denied", reason="GIA")))

    assert Denial.objects.get().status == "amended"


def test_what_is_settled_is_settled_and_a_correction_settles_a_refusal(station, key):
    id = accepted(station)
    station.good(answers(Answer(key=id.hex, outcome="denied", reason="GIA")))
    station.good(CorrectClaim(claim=id, reason="Sửa giá"))
    station.good(PrepareClaims(claims=(id,)))
    station.good(ApproveClaims(claims=(id,)))
    run()
    station.good(answers(Answer(key=id.hex, outcome="settled")))

    assert Denial.objects.get().state == "corrected"
    assert station.claim(id).state == "settled"


def test_nobody_writes_what_only_the_program_may_write(station, key):
    id = station.ready()
    head = Actor(user=uuid7(), name="Người thử", on=TODAY, channel="api",
                 posts=(HeldPost(uuid7(), "station-head", station.id),))  # fmt: skip
    forged = b"<GIAMDINHHS/>"
    file = KeepFile(claim=id, version=1, content=base64.b64encode(forged).decode(), facility="20001",
                    digest=hashlib.sha256(forged).hexdigest(), signer="0" * 64)  # fmt: skip
    told = Checked(claim=id, version=1, digest="0" * 64, total=Decimal(0), fund=Decimal(0))
    tried = RecordAttempt(submission=uuid7(), at=NOW, outcome="accepted")

    assert station.codes(RecordCheck(checked=(told,)), file, by=head) == ["by-program"] * 2
    assert station.codes(tried, by=head) == ["by-program"]


def test_the_program_refuses_a_file_that_is_not_its_bytes(station, key, monkeypatch):
    id = station.ready()
    monkeypatch.setattr(tasks, "sign", lambda ids, at: [])
    station.good(ApproveClaims(claims=(id,)))
    told = {"version": 1, "facility": "20001", "signer": "0" * 64, "content": "eA=="}
    wrong = KeepFile(claim=id, digest="0" * 64, **told)
    old = KeepFile(claim=id, digest=hashlib.sha256(b"x").hexdigest(), **told | {"version": 9})
    unknown = RecordAttempt(submission=uuid7(), at=NOW, outcome="down")

    assert station.codes(wrong, old, unknown) == ["not-the-bytes", "wrong-state", "unknown-file"]


@pytest.mark.nightly
def test_a_batch_is_as_one_by_one_and_a_replay_equals_the_tables(station, key):
    id = accepted(station)
    second = station.visit(
        station.claim(id).person_id, began_at=BEGAN + timedelta(hours=4), ended_at=None
    )
    station.good(
        amended(second, advice="Một"), amended(second, advice="Hai"), amended(id, advice="Ba")
    )
    station.good(answers(Answer(key=id.hex, outcome="denied", table="XML2", row=1, reason="GIA")))
    station.good(VoidVisit(visit=second, reason="Nhầm"))

    assert station.claim(second).version == 4
    before = {model: sorted(model.objects.values_list(), key=str) for model in TABLES}
    assert replay().same
    assert {model: sorted(model.objects.values_list(), key=str) for model in TABLES} == before


def test_a_check_of_many_asks_no_more_than_of_one(station):
    person = station.patient()
    ids = [
        station.visit(person, began_at=BEGAN + timedelta(hours=n), ended_at=None) for n in range(6)
    ]
    counts = []
    station.good(PrepareClaims(claims=(ids[0],)))
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as caught:
            station.good(PrepareClaims(claims=tuple(some)))
        counts.append(len(caught))

    assert counts[0] == counts[1], [q["sql"][:150] for q in caught.captured_queries]
