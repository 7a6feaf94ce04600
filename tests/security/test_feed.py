"""What programs send and read: forged, poisonous, and never of another unit."""

import json
from uuid import uuid4

import msgspec
import pytest

from tests.security.conftest import NOW, TODAY, Province
from tuyen.apps.journal import queries as journal
from tuyen.apps.registry.models import Person
from tuyen.apps.registry.operations import AmendPerson, RecordDeath, VoidPerson
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import AmendCase, ReportZero, TriageAlarm, VoidCase
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation


def plain(payload, unit, **changes) -> dict:
    made = Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW)
    return json.loads(msgspec.json.encode(made)) | changes


def push(who, *operations) -> list[dict]:
    body = json.dumps({"operations": list(operations)})
    answer = who.program.post("/api/v1/operations", body, content_type="application/json")
    return answer.json().get("receipts", [])


@pytest.mark.check("AC-10")
@pytest.mark.parametrize("what", ["amend", "death", "void", "amend case", "void case", "triage"])
def test_ones_own_unit_on_the_envelope_opens_nobody_elses_record(what, province, holder):
    """An operation that says it is of one's own unit and speaks of a record of another."""
    who, far, unit = holder("station-head"), province.far, province.near.units["S"]
    payload = {
        "amend": AmendPerson(person=far.person, name="Forged"),
        "death": RecordDeath(person=far.person, on=TODAY),
        "void": VoidPerson(person=far.person, reason="forged"),
        "amend case": AmendCase(case=far.case, changes={"name": "Forged"}),
        "void case": VoidCase(case=far.case, reason="forged"),
        "triage": TriageAlarm(alarm=far.alarm, decision="dismiss", reason="forged"),
    }[what]
    corrects = {"corrects": str(far.case)} if "case" in what else {}

    (receipt,) = push(who, plain(payload, unit, **corrects))

    assert receipt["status"] == "refused"
    assert receipt["position"] is not None  # kept, with its author
    person, case = Person.objects.get(pk=far.person), Case.objects.get(pk=far.case)
    assert (person.name, person.place_id, person.died_on) == (
        "Giàng Farperson",
        far.units["V"],
        None,
    )
    assert (case.name, case.voided_at) == ("Thào Farcase", None)


@pytest.mark.check("AC-10")
def test_an_author_that_is_claimed_is_refused_and_the_real_one_is_kept(province, holder):
    who = holder("station-head")
    unit = province.near.units["S"]
    (forged,) = push(who, plain(ReportZero(week="2026-W40"), unit, author=str(uuid4())))
    (honest,) = push(who, plain(ReportZero(week="2026-W40"), unit))

    assert forged["refusal"]["code"] == "api.malformed"
    page = journal.feed(by=province.by, after=honest["position"] - 1, limit=1)
    assert page.entries[0].author == who.user


@pytest.mark.check("AC-10", mutant=True)
def test_mutant_a_commit_that_believes_the_envelope_is_found(province, holder, monkeypatch):
    from tuyen.apps.registry.services.people import Book

    monkeypatch.setattr(Book, "answers_for", lambda *_, **__: True)

    with pytest.raises(AssertionError):
        test_ones_own_unit_on_the_envelope_opens_nobody_elses_record("amend", province, holder)


@pytest.mark.check("AC-11")
def test_a_field_that_is_not_known_is_refused_at_every_level(province, holder):
    who, unit = holder("station-head"), province.near.units["S"]
    good = plain(ReportZero(week="2026-W41"), unit)
    wrong = [
        {**good, "id": str(uuid7()), "accepted": True},
        {**good, "id": str(uuid7()), "received_at": "2020-01-01T00:00:00Z"},
        {**good, "id": str(uuid7()), "payload": {**good["payload"], "late": False}},
        {**good, "id": str(uuid7()), "payload": {**good["payload"], "unit_id": str(unit)}},
    ]

    assert [r["status"] for r in push(who, *wrong)] == ["refused"] * 4


@pytest.mark.check("AC-11", mutant=True)
def test_mutant_a_payload_that_takes_anything_is_found():
    from tuyen.kernel.operation import KINDS

    class Loose(msgspec.Struct):
        week: str

    assert [k.name for k in KINDS if not k.payload.__struct_config__.forbid_unknown_fields] == []
    assert not Loose.__struct_config__.forbid_unknown_fields


@pytest.mark.check("SY-03")
@pytest.mark.parametrize("depth", [70, 1_000, 100_000])
def test_what_is_nested_too_deep_is_refused_alone(province, holder, depth):
    who, unit = holder("station-head"), province.near.units["S"]
    good = [json.dumps(plain(ReportZero(week=f"2026-W{n}"), unit)) for n in (33, 34)]
    deep = good[0].replace('"2026-W33"', "[" * depth + '"]"' + "]" * depth)
    deep = deep.replace(json.loads(deep if depth < 100 else good[0])["id"], str(uuid7()))

    body = '{"operations": [' + ", ".join([good[0], deep, good[1]]) + "]}"
    answer = who.program.post("/api/v1/operations", body, content_type="application/json")

    receipts = answer.json().get("receipts", [])
    assert [r["status"] for r in receipts] == ["accepted", "refused", "accepted"]


@pytest.mark.check("SY-03")
def test_a_poison_operation_is_set_aside_and_the_rest_goes_on(province, holder):
    who, unit = holder("station-head"), province.near.units["S"]
    good = [plain(ReportZero(week=f"2026-W{n}"), unit) for n in (30, 31, 32)]
    deep: object = "x"
    for _ in range(900):
        deep = [deep]
    poison = [
        {**good[0], "id": str(uuid7()), "payload": {"week": "x" * 2_000_000}},
        {**good[0], "id": str(uuid7()), "payload": {"week": deep}},
        {**good[0], "id": str(uuid7()), "kind": "registry.no_such_thing"},
        {**good[0], "id": str(uuid7()), "version": 99},
        {"id": 1}, [], None, "\ud800",
    ]  # fmt: skip

    receipts = push(who, good[0], *poison, good[1], good[2])

    statuses = [receipt["status"] for receipt in receipts]
    assert statuses == ["accepted", *["refused"] * len(poison), "accepted", "accepted"]
    assert all(r["refusal"]["sentence"] for r in receipts if r["status"] == "refused")


@pytest.mark.check("SY-03")
def test_bytes_that_are_no_text_are_refused_without_a_fault(province, holder):
    who = holder("station-head")
    for body in (
        b'{"operations":["\xff\xfe"]}',
        b"[" * 100_000,
        b"\x00" * 1000,
        b'{"operations":' + b'{"a":' * 50_000,
    ):
        answer = who.program.post("/api/v1/operations", body, content_type="application/json")
        assert answer.status_code in (200, 400), body[:20]


@pytest.mark.check("SY-03", mutant=True)
def test_mutant_a_queue_that_stops_at_poison_is_found(province, holder, monkeypatch):
    from tuyen.api import journal as door
    from tuyen.kernel.refusal import Refusal

    def stop(index, raw):
        read = honest(index, raw)
        if isinstance(read, Refusal):
            raise read
        return read

    honest = door._read
    monkeypatch.setattr(door, "_read", stop)

    with pytest.raises(AssertionError):
        test_a_poison_operation_is_set_aside_and_the_rest_goes_on(province, holder)


@pytest.mark.check("SY-04")
def test_the_feed_is_the_same_whatever_happens_elsewhere_but_for_its_cursor(
    province: Province, holder
):
    who = holder("station-head")
    before = who.program.get("/api/v1/feed").json()
    for week in ("2026-W30", "2026-W31"):
        province.good(ReportZero(week=week), province.far.units["S"])
    after = who.program.get("/api/v1/feed").json()

    assert before["entries"] == after["entries"]
    assert (before["epoch"], before["more"]) == (after["epoch"], after["more"])


@pytest.mark.check("SY-04")
def test_an_id_of_another_unit_taken_again_says_nothing_of_what_is_there(province, holder):
    who = holder("station-head")
    far = province.far
    (receipt,) = push(
        who, plain(ReportZero(week="2026-W30"), province.near.units["S"], id=str(far.case))
    )

    assert "Far" not in json.dumps(receipt, ensure_ascii=False)
    assert receipt["status"] == "refused"


@pytest.mark.check("SY-04", mutant=True)
def test_mutant_a_feed_without_scope_is_found(province, holder, monkeypatch):
    from tuyen.apps.access import policies

    honest = policies.scope
    monkeypatch.setattr(
        policies,
        "scope",
        lambda by, right: policies.EVERYTHING if right == journal.READ else honest(by, right),
    )

    with pytest.raises(AssertionError):
        test_the_feed_is_the_same_whatever_happens_elsewhere_but_for_its_cursor(province, holder)
