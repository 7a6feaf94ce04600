"""Codes are those of the day on which the visit ended: what was right last year is wrong today."""

from datetime import timedelta

from tests.unit.apps.claims.conftest import BEGAN, visit
from tuyen.apps.claims.operations import PrepareClaims
from tuyen.apps.clinical.operations import Diagnosed


def test_a_code_of_another_time_is_answered_when_the_visit_is_saved(station):
    person = station.patient()
    told = (
        visit(person, diagnosed=(Diagnosed(code="A90", main=True),)),
        visit(person, care="15", began_at=BEGAN - timedelta(days=150), ended_at=None, next=None),
        visit(person, attendance="1.9"),
    )
    receipts = station.send(*told)

    assert [r.refusal.code if r.refusal else "" for r in receipts] == [
        "clinical.code-of-another-time", "clinical.unknown-care", "clinical.unknown-care",
    ]  # fmt: skip
    assert [r.refusal.values.get("field") for r in receipts[1:] if r.refusal] == [
        "care",
        "attendance",
    ]


def test_a_kind_of_care_of_this_year_is_right_from_its_day_on(station):
    id = station.visit(station.patient(), care="15", served=(), prescribed=(), dispensed=())
    station.good(PrepareClaims(claims=(id,)))

    assert "MA_LOAI_KCB.list" not in station.claim(id).findings
