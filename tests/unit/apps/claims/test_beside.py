"""A person's other visits beside a claim: found while the visit is typed, at the check, at the signature."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.claims.conftest import BEGAN, NOW, TODAY, visit
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.claims import queries, tasks
from tuyen.apps.claims.operations import ApproveClaims, PrepareClaims
from tuyen.apps.clinical.operations import Content, Prescribed, VoidVisit
from tuyen.apps.registry.operations import Code, CreateUnit, MergePersons, Tie
from tuyen.apps.supply.operations import Dispense, HandedLine
from tuyen.kernel.ids import uuid7

OVERLAPS, TOO_SOON = "XML1.NGAY_VAO.overlaps", "XML2.NGAY_YL.too-soon"
SAME_DAY, DONE_TWICE = "XML1.NGAY_VAO.same-day", "XML3.MA_DICH_VU.done-twice"


def found(station, id, by=None):
    told, _ = queries.preview(by=by or station.by, visit=id, on=TODAY)
    return [
        one.finding
        for one in told
        if one.finding.code in (OVERLAPS, TOO_SOON, SAME_DAY, DONE_TWICE)
    ]


def days(n, **changes):
    """A visit so many days before the usual one."""
    at = BEGAN - timedelta(days=n)
    return {"began_at": at, "ended_at": at + timedelta(minutes=18), "next": None} | changes


@pytest.mark.parametrize(
    ("before", "expected"),
    [(10, [TOO_SOON]), (24, [TOO_SOON]), (25, []), (60, [])],
)
def test_a_drug_while_the_last_supply_of_it_lasts(station, before, expected):
    person = station.patient()
    station.visit(person, **days(before))
    id = station.visit(person)

    findings = found(station, id)

    assert [one.code for one in findings] == expected
    assert all("Trạm y tế Hữu Lũng" in one.expected for one in findings)


def test_what_the_counter_handed_out_later_is_a_supply_too(station):
    person = station.patient()
    order = Prescribed(item="amlodipine-5", dose=Decimal(1), times=1, days=30, quantity=Decimal(30))
    earlier = station.visit(person, **days(10, dispensed=(), prescribed=(order,)))
    id = station.visit(person)
    prescribed = found(station, id)
    line = HandedLine(item="amlodipine-5", quantity=Decimal(30), days=30)
    station.good(Dispense(visit=earlier, lines=(line,)))

    assert prescribed == []
    assert [one.code for one in found(station, id)] == [TOO_SOON]


def test_two_visits_at_once_and_no_longer_when_one_is_taken_back(station):
    person = station.patient()
    first = station.visit(person)
    inside = BEGAN + timedelta(minutes=5)
    id = station.visit(
        person, began_at=inside, ended_at=inside, prescribed=(), dispensed=(), served=(), next=None
    )
    both = (found(station, first), [one.code for one in found(station, id)])
    station.good(VoidVisit(visit=first, reason="Nhầm"))

    assert both == ([], [OVERLAPS])
    assert found(station, id) == []


def test_other_people_do_not_matter(station):
    station.visit(station.patient(), **days(10))
    id = station.visit(station.patient(number="020182037968"))

    assert found(station, id) == []


def test_it_is_found_while_the_visit_is_typed_with_one_statement_for_all_visits(station):
    person = station.patient()
    payload = visit(person)
    content = Content(**{name: getattr(payload, name) for name in Content.__struct_fields__})

    def drafted():
        with CaptureQueriesContext(connection) as asked:
            told = queries.draft(
                by=station.by, unit=station.id, content=content, id=uuid7(), on=TODAY
            )
        codes = {one.finding.code for one in told.findings}
        return codes, [q["sql"] for q in asked if "maprevision" not in q["sql"]]

    drafted()
    alone, before = drafted()
    for n in (10, 40, 70):
        station.visit(person, **days(n))
    beside, after = drafted()

    assert (TOO_SOON in alone, TOO_SOON in beside) == (False, True)
    assert len(after) == len(before)
    assert len([sql for sql in after if 'FROM "clinical_visit"' in sql]) == 1


def test_another_station_is_told_of_where_the_reader_may_read_it(station):
    other = CreateUnit(
        type="station", name="Trạm y tế Yên Bình", codes=(Code(system="insurer", code="20002"),),
        relations=(Tie(kind="lies_in", object=station.commune),),
    )  # fmt: skip
    (elsewhere,) = station.good(other)
    person = station.patient()
    station.good(visit(person), unit=elsewhere)
    inside = BEGAN + timedelta(minutes=5)
    id = station.visit(
        person, began_at=inside, ended_at=inside, prescribed=(), dispensed=(), served=(), next=None
    )
    reader = Actor(user=uuid7(), name="Người thử", on=TODAY, channel="web",
                   posts=(HeldPost(uuid7(), "station-head", elsewhere),))  # fmt: skip

    (one,) = found(station, id)
    assert (one.code, "Yên Bình" in one.expected) == (OVERLAPS, True)
    assert queries.preview(by=reader, visit=id, on=TODAY) is None


def test_another_station_and_the_same_test_on_one_day(station):
    other = CreateUnit(
        type="station", name="Trạm y tế Yên Bình", codes=(Code(system="insurer", code="20002"),),
        relations=(Tie(kind="lies_in", object=station.commune),),
    )  # fmt: skip
    (elsewhere,) = station.good(other)
    person = station.patient()
    early = days(0, dispensed=(), prescribed=())
    early = early | {name: early[name] - timedelta(hours=2) for name in ("began_at", "ended_at")}
    station.good(visit(person, **early), unit=elsewhere)
    id = station.visit(person)
    served_later = station.visit(
        person, began_at=BEGAN + timedelta(hours=3), ended_at=None, prescribed=(), dispensed=(),
        served=(), next=None,
    )  # fmt: skip

    assert sorted(one.code for one in found(station, id)) == [SAME_DAY, DONE_TWICE]
    assert all("Yên Bình" in one.expected for one in found(station, id))
    assert {one.severity for one in found(station, id)} == {"warning"}
    assert [one.code for one in found(station, served_later)] == [SAME_DAY]


def test_a_visit_under_a_record_that_was_merged_away_lies_beside_too(station):
    kept, double = station.patient(), station.patient(card="", number="020182037968")
    station.visit(double, **days(10))
    id = station.visit(kept)
    before = found(station, id)
    station.good(MergePersons(kept=kept, duplicate=double), unit=station.commune)

    assert before == []
    assert [one.code for one in found(station, id)] == [TOO_SOON]


def test_what_was_recorded_after_the_check_holds_the_signature_back(station, key, monkeypatch):
    person = station.patient()
    inside = BEGAN + timedelta(minutes=5)
    id = station.visit(person, began_at=inside, ended_at=inside + timedelta(minutes=3))
    station.good(PrepareClaims(claims=(id,)))
    ready = station.claim(id).state
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "sign", lambda *_: [])  # no key was there yet
        station.good(ApproveClaims(claims=(id,)))
    station.visit(person)
    tasks.sign(None, NOW)

    claim = station.claim(id)
    assert (ready, claim.state, claim.errors) == ("ready", "faulty", 1)
    assert OVERLAPS in claim.findings
