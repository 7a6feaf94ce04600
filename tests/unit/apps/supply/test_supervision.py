"""Supervision visits: scored, with findings that somebody mends, in reach and nowhere else."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.supply.conftest import PROGRAM, TODAY, codes, op, place
from tuyen.apps.journal.replay import replay
from tuyen.apps.supply import queries
from tuyen.apps.supply.models import Finding, Supervision
from tuyen.apps.supply.operations import (
    AnswerFinding,
    AttachPhotograph,
    CheckedItem,
    EarlierFinding,
    FoundItem,
    RecordSupervision,
    SetEquipment,
    SettleFinding,
    VoidSupervision,
)
from tuyen.kernel.ids import uuid7

JPEG = b"\xff\xd8\xff" + b"." * 200 + b"\xff\xd9"


def item(key, points, **rest):
    return CheckedItem(item=key, points=points, **rest)


def fault(key="ipc-sharps", due=TODAY + timedelta(days=7), **rest):
    return FoundItem(item=key, what="Hộp sắc nhọn đầy quá vạch", owner="Lò Văn Pó", due=due, **rest)


def visit(**changes):
    plain = {
        "team": ("Nguyễn Thị Hoa",), "met": "Lò Văn Pó", "findings": (fault(),),
        "items": (
            item("med-amlodipine", "2", counted=400, booked=400), item("med-ors", "1"),
            item("ipc-sharps", "0"), item("ipc-waste", "na"),
        ),
    }  # fmt: skip
    return RecordSupervision(**plain | changes)


@pytest.fixture
def visited(db):
    """A visit to station stM with one red finding; gives (visit id, finding id)."""
    seen = op(visit(), "stM")
    assert codes(seen) == ["accepted"]
    return seen.id, Finding.objects.get().pk


def test_a_visit_is_scored_and_its_finding_waits_for_somebody(visited):
    page = queries.supervision(by=PROGRAM, id=visited[0], on=TODAY)
    (finding,) = page.findings
    site = next(s for s in queries.sites(by=PROGRAM, on=TODAY) if s.unit == place("stM"))

    assert (page.points, page.of, page.row.red, page.row.next_on) == (3, 6, 1, date(2026, 11, 25))
    assert [s for s in page.sections if s[2]] == [("medicine", 3, 4), ("infection", 0, 2)]
    assert (finding.owner, finding.red, finding.state) == ("Lò Văn Pó", True, "open")
    assert (site.percent, site.open, site.red, site.late) == (50.0, 1, 1, 0)


WRONG = [
    ({"items": (item("nothing", "2"),), "findings": ()}, "unknown-check-item"),
    ({"items": (item("med-ors", "2"), item("med-ors", "1")), "findings": ()}, "check-item-twice"),
    ({"items": (item("ipc-waste", "2", counted=3),), "findings": ()}, "count-not-asked"),
    ({"findings": ()}, "red-without-finding"),
    ({"findings": (fault(), fault("med-amlodipine"))}, "finding-without-fault"),
    ({"findings": (fault(due=TODAY - timedelta(days=1)),)}, "due-before-visit"),
    ({"next_on": date(2027, 1, 25)}, "next-visit-too-late"),
    ({"next_on": TODAY}, "next-visit-too-late"),
    ({"earlier": (EarlierFinding(finding=uuid7(), mended=True),)}, "earlier-finding-unknown"),
]


@pytest.mark.parametrize(
    ("changes", "code"), WRONG, ids=[f"{n}-{w[1]}" for n, w in enumerate(WRONG)]
)
def test_a_form_that_contradicts_itself_is_refused(db, changes, code):
    assert codes(op(visit(**changes), "stM")) == [code]
    assert not Supervision.objects.exists()


def test_a_visit_of_tomorrow_and_a_second_one_of_a_day_are_refused(visited):
    again = op(visit(), "stM")
    ahead = op(visit(), "stM", on=TODAY + timedelta(days=1))

    assert codes(again, ahead) == ["supervised-already", "from-the-future"]


def test_a_finding_is_answered_looked_at_and_mended_at_the_next_visit(visited):
    _id, finding = visited
    answered = op(AnswerFinding(finding=finding, note="Đã thay hộp"), "stM")
    not_yet = op(
        SettleFinding(finding=finding, mended=False, note="Vẫn đầy", due=TODAY + timedelta(days=3)),
        "stM",
    )
    no_day = op(SettleFinding(finding=finding, mended=False), "stM")
    elsewhere = op(SettleFinding(finding=finding, mended=True), "stN")

    assert codes(answered, not_yet, no_day, elsewhere) == [
        "accepted", "accepted", "new-day-missing", "unknown-finding",
    ]  # fmt: skip
    assert queries.findings(by=PROGRAM, on=TODAY)[0].due == TODAY + timedelta(days=3)
    mended = visit(
        items=(item("med-ors", "2"),),
        findings=(),
        earlier=(EarlierFinding(finding=finding, mended=True, note="Tốt"),),
    )
    void = op(VoidSupervision(supervision=visited[0], reason="Nhập nhầm trạm"), "stM")

    assert codes(op(mended, "stM", on=TODAY)) == ["supervised-already"]
    assert codes(void) == ["accepted"]
    assert queries.findings(by=PROGRAM, on=TODAY) == []
    assert codes(op(AnswerFinding(finding=finding, note="Đã xong"), "stM")) == ["unknown-finding"]


def test_what_an_earlier_visit_found_is_settled_by_a_later_one(db):
    first = op(visit(), "stM", on=TODAY - timedelta(days=30))
    assert codes(first) == ["accepted"]
    finding = Finding.objects.get()
    second = visit(
        items=(item("ipc-sharps", "2"),),
        findings=(),
        earlier=(EarlierFinding(finding=finding.pk, mended=True, note="Tốt"),),
    )

    assert codes(op(second, "stM")) == ["accepted"]
    assert Finding.objects.get().state == "mended"
    assert [
        row.percent for row in queries.supervisions(by=PROGRAM, on=TODAY, unit=place("stM"))
    ] == [100.0, 50.0]


def test_photographs_are_jpegs_of_a_visit_and_no_more_than_a_visit_carries(visited):
    def take(jpeg=JPEG, **rest):
        return op(AttachPhotograph(supervision=visited[0], jpeg=jpeg, **rest), "stM")

    assert codes(take(b"<svg>" + b"." * 200), take(item="nothing")) == [
        "not-a-photograph", "unknown-check-item",
    ]  # fmt: skip
    assert codes(*[take() for _ in range(7)]) == ["accepted"] * 6 + ["photographs-enough"]
    (id, _item, _caption), *rest = queries.supervision(
        by=PROGRAM, id=visited[0], on=TODAY
    ).photographs
    assert queries.photograph(by=PROGRAM, id=id) == JPEG
    assert len(rest) == 5


def test_a_batch_takes_as_many_statements_as_one_and_is_rebuilt_by_a_replay(db):
    def statements(units):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert codes(*[op(visit(), unit) for unit in units]) == ["accepted"] * len(units)
        return len(seen)

    assert statements(["stM"]) == statements(["stN", "stD", "hc"])
    assert replay().same


def test_what_the_program_knows_of_a_site_is_told_beside_the_items(stocked):
    facts = queries.supervision_facts(by=PROGRAM, unit=place("hc"), on=date(2028, 1, 1))

    assert facts["expired"][0] >= 1
    assert facts["excursions"] == facts["faulty"] == (0, 0)
    assert queries.supervision_facts(by=PROGRAM, unit=place("stM"), on=TODAY)["readings"] == (0, 0)


def test_a_piece_that_is_never_calibrated_is_not_told_as_late(db):
    kinds = ("stethoscope", "bp-adult", "computer")
    pieces = [
        op(SetEquipment(kind=kind, name=kind, since=TODAY, watched=False), "stM") for kind in kinds
    ]
    assert codes(*pieces) == ["accepted"] * 3

    facts = queries.supervision_facts(by=PROGRAM, unit=place("stM"), on=TODAY)

    assert (facts["calibration"], facts["faulty"]) == ((1, 1), (0, 3))
