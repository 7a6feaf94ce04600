"""Calls about signals and the numbers of units: kept, refused, shown to whom they may be, replayed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import TODAY, case, place
from tests.unit.apps.surveillance.test_preparedness import PROGRAM, codes, op
from tuyen.apps.access import guard
from tuyen.apps.journal.replay import replay
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import SignalCall, UnitPhone
from tuyen.apps.surveillance.operations import DutyDraft, KeepUnitPhone, LogCall, SetDuties

pytestmark = pytest.mark.django_db


def phone(number="0215 3825 000", note="Trực ban", unit="stM"):
    return op(KeepUnitPhone(phone=number, note=note), unit=unit)


def call(outcome="real", said="Có 3 trẻ sốt phát ban", called="stM", unit="M", **changes):
    payload = LogCall(subject="disease:measles", called=place(called), outcome=outcome, said=said)
    return op(payload, unit=unit, **changes)


def to_call(**changes):
    asked = {"commune": place("M"), "disease": "measles", "since": TODAY} | changes
    return queries.callees(by=PROGRAM, **asked)


def test_a_number_is_kept_written_over_and_taken_away():
    assert codes(phone(), phone("0215 3825 111")) == ["accepted", "accepted"]
    assert list(UnitPhone.objects.values_list("unit_id", "phone", "note")) == [
        (place("stM"), "0215 3825 111", "Trực ban")
    ]

    assert codes(phone("")) == ["accepted"]
    assert UnitPhone.objects.count() == 0
    assert codes(phone("")) == ["surveillance.no-phone"]


@pytest.mark.parametrize("number", ["hỏi bảo vệ", "12", "0215;DROP", "+", "0" * 40])
def test_what_is_no_number_is_refused(number):
    assert codes(phone(number)) == ["kernel.payload-invalid"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"said": "  "}, "surveillance.say-what-was-told"),
        ({"outcome": "not-real", "said": "x"}, "surveillance.say-what-was-told"),
        ({"called": "nowhere"}, "surveillance.unknown-unit"),
        ({"unit": "nowhere"}, "surveillance.unknown-unit"),
    ],
)
def test_a_call_that_says_nothing_or_is_nowhere_is_refused(changes, code):
    assert codes(call(**changes)) == [code]
    assert SignalCall.objects.count() == 0


def test_calls_are_told_the_newest_first_and_nobody_needs_words_for_no_answer():
    assert codes(call("no-answer", ""), call()) == ["accepted", "accepted"]

    told = queries.calls(by=PROGRAM, commune=place("M"), subject="disease:measles")

    assert {(one.outcome, one.name, one.on) for one in told} == {
        ("no-answer", "station stM", TODAY), ("real", "station stM", TODAY),
    }  # fmt: skip
    assert queries.calls(by=PROGRAM, commune=place("D"), subject="disease:measles") == []
    assert queries.calls(by=PROGRAM, commune=place("M"), subject="disease:mumps") == []


def test_whoever_reported_is_called_first_then_who_serves_and_who_guides(report):
    report(case(), case(age=9), unit=place("hD"))
    codes(phone(), phone("0215 111", unit="hD"))
    duty = DutyDraft(
        day=TODAY, shift="day", name="Lò Thị Trực", phone="0912 000 000", role="Bác sĩ"
    )
    codes(op(SetDuties(duties=(duty,)), unit="hc"))

    found = to_call()

    assert (found[0].unit, found[0].why, found[0].cases) == (place("hD"), "reported", 2)
    assert found[0].phone == "0215 111"
    why = {one.unit: one.why for one in found}
    assert why[place("stM")] == "serves"
    assert why[place("hc")] == "guides"
    guide = next(one for one in found if one.unit == place("hc"))
    assert [(one.name, one.phone) for one in guide.duty] == [("Lò Thị Trực", "0912 000 000")]


def test_for_a_station_that_ended_whoever_serves_there_now_is_called(report):
    then = datetime(2025, 6, 20, 3, tzinfo=UTC)
    early = {"commune": place("A"), "onset_on": date(2025, 6, 15)}
    assert report(case(**early), unit=place("stA"), at=then)[0].ok

    found = to_call(since=date(2025, 6, 20))

    assert (found[0].unit, found[0].why, found[0].cases) == (place("stM"), "reported", 1)


def test_of_a_sign_nobody_has_reported_cases(report):
    report(case(), unit=place("hD"))

    assert [one.why for one in to_call(disease="")] == ["serves", "guides"]


def test_the_questions_do_not_grow_with_calls_and_cases(report):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            to_call()
            queries.calls(by=PROGRAM, commune=place("M"), subject="disease:measles")
        return len(seen)

    report(case())
    codes(call(), phone())
    few = asked()
    report(*(case(age=n) for n in range(2, 12)), unit=place("hD"))
    codes(*(call("unclear", f"Lần {n}") for n in range(8)), phone(unit="hD"))

    assert asked() == few


def test_one_by_one_is_as_a_batch_and_replay_gives_the_same_rows():
    operations = [phone(), call(), phone(""), phone("0215 3825 222"), phone("", unit="stD"),
                  call("call-back", "")]  # fmt: skip

    def rows():
        return [sorted(model.objects.values_list()) for model in (SignalCall, UnitPhone)]

    at_once = codes(*operations)
    together = rows()
    rebuilt = replay()
    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []
    with guard.opened("test"):
        SignalCall.objects.all().delete()
        UnitPhone.objects.all().delete()
    again = [call_again(one) for one in operations]
    assert [codes(one)[0] for one in again] == at_once
    assert [len(part) for part in rows()] == [len(part) for part in together]
    assert at_once[4] == "surveillance.no-phone"


def call_again(operation):
    """The same operation under another id, a minute later."""
    later = operation.recorded_at + timedelta(minutes=1)
    return type(operation)(
        id=type(operation.id)(int=operation.id.int ^ 1), kind=operation.kind, unit=operation.unit,
        happened_on=operation.happened_on, recorded_at=later, payload=operation.payload,
        version=operation.version,
    )  # fmt: skip
