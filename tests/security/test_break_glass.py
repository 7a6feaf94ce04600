"""A record of another place, in an emergency: stated, short, in part, told, and judged."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.security.addresses import read
from tests.security.conftest import NOW, POLICY, Holder, actor
from tuyen.apps.access import clock, policies, queries
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import Emergency, Reading
from tuyen.apps.access.operations import BreakGlass, ReviewEmergency
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import emergencies as registry
from tuyen.apps.surveillance import queries as surveillance
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.operation import Operation
from tuyen.rules.access.break_glass import break_glass
from tuyen.web.access import proofs

REASON = "Bệnh nhân hôn mê, cần biết tiền sử bệnh ngay"
NUMBER = "011087000001"  # of the far half
MINUTES = break_glass(NOW.date()).minutes


@pytest.fixture(autouse=True)
def proved(monkeypatch):
    """Whoever asks here has just proved a second factor, but where a test says otherwise."""
    monkeypatch.setattr(proofs, "is_fresh", lambda mark: True)


@pytest.fixture
def at(monkeypatch):
    """``at(minutes)``: the clock stands so many minutes after now."""

    def move(minutes: int) -> None:
        then = NOW.astimezone() + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: then)

    return move


def breaks(who: Holder, said: str = NUMBER, reason: str = REASON, born: str = ""):
    return who.browser.post("/emergencies/new/", {"who": said, "born_on": born, "reason": reason})


def opened(who: Holder) -> str:
    """The address of the record that was opened."""
    answer = breaks(who)
    assert answer.status_code == 302, read(answer)[:400]
    return answer["Location"]


def ill(province, disease: str = "measles") -> None:
    far = province.far
    report = ReportCase(
        disease=disease, sex="male", age=39, commune=far.units["C"], onset_on=date(2026, 10, 1),
        classification="confirmed", name="Giàng Farperson", person=far.person,
    )  # fmt: skip
    province.good(report, far.units["S"])


# -- Opening ----------------------------------------------------------------------------------------


@pytest.mark.check("AC-12")
@pytest.mark.parametrize("role", sorted(POLICY["roles"]))
def test_only_those_who_care_for_people_break_the_glass(role, province, holder):
    who = holder(role, "Z" if role == "health-centre-supervisor" else "S")

    answer = breaks(who)

    rights = {r for g in POLICY["roles"][role]["grants"].values() for r in g}
    expected = 302 if "access.emergency.open" in rights else 404
    assert answer.status_code == expected
    assert Emergency.objects.exists() is (expected == 302)


@pytest.mark.check("AC-12")
def test_what_is_shown_is_what_the_rule_names_and_no_more(province, holder):
    ill(province)
    page = read(holder("physician-assistant").browser.get(opened(holder("physician-assistant"))))
    assert "Farperson" not in page  # another's opening

    who = holder("physician-assistant")
    page = read(who.browser.get(opened(who)))

    assert "Giàng Farperson" in page
    assert "Measles" in page
    assert "Xã 1" in page
    for hidden in ("Faraddress", NUMBER, "DT2114012000001", "0912000011", "Farethnic"):
        assert hidden not in page, hidden


@pytest.mark.check("AC-12")
def test_it_opens_no_other_door_to_the_record(province, holder):
    who = holder("physician-assistant")
    opened(who)
    far = province.far

    for path in (f"/people/{far.person}/", f"/households/{far.household}/", f"/cases/{far.case}/"):
        assert who.browser.get(path).status_code == 404
    assert "Giàng Farperson" not in read(who.browser.get("/people/?q=Farperson"))


@pytest.mark.check("AC-12")
@pytest.mark.parametrize(("minutes", "open_"), [(0, True), (MINUTES - 1, True), (MINUTES, False)])
def test_it_is_over_after_its_minutes(minutes, open_, province, holder, at):
    who = holder("physician-assistant")
    path = opened(who)
    at(minutes)

    answer = who.browser.get(path)

    assert ("Farperson" in read(answer)) is open_
    assert answer.status_code == (200 if open_ else 410)
    assert MINUTES <= 30


@pytest.mark.check("AC-12", mutant=True)
def test_mutant_an_opening_that_never_ends_is_found(province, holder, at, monkeypatch):
    from tuyen.apps.access.services import emergencies as services

    rule = replace(break_glass(NOW.date()), minutes=60 * 24)
    monkeypatch.setattr(services, "break_glass", lambda on: rule)

    with pytest.raises(AssertionError):
        test_it_is_over_after_its_minutes(MINUTES, False, province, holder, at)


@pytest.mark.check("AC-12")
@pytest.mark.parametrize("reason", ["", "gấp"])
def test_a_reason_is_stated(reason, province, holder):
    assert breaks(holder("midwife"), reason=reason).status_code == 422
    assert not Emergency.objects.exists()


@pytest.mark.check("AC-12")
@pytest.mark.parametrize(
    ("said", "born", "found"),
    [
        (NUMBER, "", True), ("Giàng Farperson", "05/03/1987", True), ("Giang farperson", "05/03/1987", True),
        ("Giàng Farperson", "", False), ("Giàng Farperson", "06/03/1987", False), ("Farperson", "05/03/1987", False),
        ("01108700000", "", False), ("Giàng", "05/03/1987", False), ("%", "05/03/1987", False),
    ],
)  # fmt: skip
def test_nobody_is_found_by_what_is_nearly_right(said, born, found, province, holder):
    assert breaks(holder("midwife"), said, born=born).status_code == (302 if found else 422)


@pytest.mark.check("AC-12")
def test_ones_own_residents_need_no_glass(province, holder):
    answer = breaks(holder("midwife"), "011087000000")

    assert answer["Location"] == f"/people/{province.near.person}/"
    assert not Emergency.objects.exists()


# -- The second factor ------------------------------------------------------------------------------


@pytest.mark.check("AC-12")
def test_it_takes_a_second_factor_proved_just_now(province, holder, monkeypatch):
    monkeypatch.setattr(proofs, "is_fresh", lambda mark: False)

    answer = breaks(holder("midwife"))

    assert (answer.status_code, answer["Location"]) == (302, "/account/security/")
    assert not Emergency.objects.exists()


def sent(by: Actor, province) -> str:
    """What the one door says to a break of the glass by ``by``."""
    payload = BreakGlass(person=province.far.person, place=province.far.units["V"], reason=REASON)
    made = Operation.of(payload, unit=province.near.units["S"], happened_on=NOW.date(), recorded_at=NOW)  # fmt: skip
    receipt = commit(by=by, operations=[made], at=NOW)[0]
    return receipt.refusal.code if receipt.refusal else ""


def acting(holder, province, fresh: bool) -> Actor:
    who = holder("midwife")
    return replace(actor("midwife", province.near.units["S"]), user=who.user, fresh=fresh)


@pytest.mark.check("AC-12")
def test_no_program_and_no_tablet_breaks_the_glass(province, holder):
    """They prove no second factor: the door of the journal itself refuses them."""
    who = holder("midwife")
    payload = {"person": str(province.far.person), "place": str(province.far.units["V"]),
               "reason": REASON}  # fmt: skip
    operation = {"id": str(uuid4()), "kind": "access.break_glass", "version": 1, "payload": payload,
                 "unit": str(province.near.units["S"]), "happened_on": "2026-10-25",
                 "recorded_at": "2026-10-25T03:00:00Z"}  # fmt: skip

    said = who.program.post("/api/v1/operations", {"operations": [operation]},
                            content_type="application/json").json()  # fmt: skip

    refusal = said["receipts"][0]["refusal"] or {"code": "it was accepted"}
    assert refusal["code"] == "access.not-allowed"
    assert sent(acting(holder, province, fresh=False), province) == "access.not-allowed"
    assert sent(acting(holder, province, fresh=True), province) == ""


@pytest.mark.check("AC-12", mutant=True)
def test_mutant_a_policy_that_asks_for_no_fresh_proof_is_found(province, holder, monkeypatch):
    table = replace(policies.role_table(), fresh=frozenset())
    monkeypatch.setattr(policies, "role_table", lambda: table)

    with pytest.raises(AssertionError):
        test_no_program_and_no_tablet_breaks_the_glass(province, holder)


# -- Telling ----------------------------------------------------------------------------------------


def plain(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", read(answer)))


@pytest.mark.check("AC-12")
def test_the_head_of_the_unit_there_is_told_and_no_other_head(province, holder):
    head, other = holder("station-head", half="Far"), holder("station-head")
    opened(holder("midwife"))

    assert re.search(r"Emergency openings\s*<span class=\"rail-count\">1<", read(head.browser.get("/board/")))  # fmt: skip
    assert REASON in plain(head.browser.get("/emergencies/"))
    assert REASON not in plain(other.browser.get("/emergencies/"))
    assert "rail-count" not in read(other.browser.get("/people/"))


@pytest.mark.check("AC-12", "AT-10")
def test_the_resident_is_told_with_the_reason_and_the_judgement(province, holder):
    who = holder("midwife")
    who.browser.get(opened(who))
    head = holder("station-head", half="Far")
    page = f"/people/{province.far.person}/readings/"

    before = plain(head.browser.get(page))
    judge(head, "not-justified", "Không phải trường hợp khẩn cấp")
    after = plain(head.browser.get(page))

    for words in (REASON, "opened your record in an emergency", "an emergency", "Not judged yet"):
        assert words in before, words
    assert "Not justified" in after
    assert "Không phải trường hợp khẩn cấp" in after
    assert Reading.objects.filter(subject="access.emergency", user_id=who.user).count() == 1


@pytest.mark.check("AC-12", mutant=True)
def test_mutant_an_opening_that_nobody_hears_of_is_found(province, holder, monkeypatch):
    monkeypatch.setattr(queries, "emergencies_about", lambda **asked: [])

    with pytest.raises(AssertionError):
        test_the_resident_is_told_with_the_reason_and_the_judgement(province, holder)


# -- Judging ----------------------------------------------------------------------------------------


def judge(who: Holder, verdict: str, note: str = ""):
    row = Emergency.objects.get()
    return who.browser.post(f"/emergencies/{row.pk}/review/", {"verdict": verdict, "note": note})


@pytest.mark.check("AC-12")
@pytest.mark.parametrize(
    ("role", "letter", "half", "may"),
    [
        ("station-head", "S", "Far", True), ("health-centre-supervisor", "Z", "Far", True),
        ("director", "H", "Near", True), ("station-head", "S", "Near", False),
        ("midwife", "S", "Far", False), ("administrator", "H", "Near", False),
    ],
)  # fmt: skip
def test_those_responsible_for_the_place_judge_it(role, letter, half, may, province, holder):
    opened(holder("physician-assistant"))

    judge(holder(role, letter, half), "justified")

    assert Emergency.objects.get().verdict == ("justified" if may else "")


@pytest.mark.check("AC-12")
def test_nobody_judges_their_own_and_nobody_judges_twice(province, holder):
    opened(holder("station-head"))
    row = Emergency.objects.get()
    head = holder("station-head", half="Far")
    far = province.far.units
    mine = replace(actor("director", province.root), user=row.user_id)

    def verdict(by: Actor, said: str, unit=far["V"]) -> str:
        made = Operation.of(ReviewEmergency(emergency=row.pk, verdict=said), unit=unit,
                            happened_on=NOW.date(), recorded_at=NOW)  # fmt: skip
        receipt = commit(by=by, operations=[made], at=NOW)[0]
        return receipt.refusal.code if receipt.refusal else ""

    assert verdict(mine, "justified") == "access.own-emergency"
    assert verdict(actor("station-head", province.near.units["S"]), "justified",
                   province.near.units["V"]) == "access.missing"  # fmt: skip
    judge(head, "not-justified")
    assert verdict(replace(mine, user=head.user), "justified") == "access.already-judged"
    assert Emergency.objects.get().verdict == "not-justified"


@pytest.mark.check("AC-12")
def test_what_nobody_judged_within_the_week_stands_out(province, holder, at):
    head = holder("station-head", half="Far")
    opened(holder("midwife"))
    days = break_glass(NOW.date()).review_days
    assert days <= 7

    at(60 * 24 * days)
    assert "Past its day" not in plain(head.browser.get("/emergencies/"))
    at(60 * 24 * (days + 1))
    assert "Past its day" in plain(head.browser.get("/emergencies/"))


# -- By the questions themselves --------------------------------------------------------------------


@pytest.mark.check("AC-12")
def test_the_questions_answer_only_while_the_reader_holds_it_open(province, holder):
    by = acting(holder, province, fresh=True)
    person = province.far.person
    ill(province)
    assert registry.emergency_card(by=by, person=person, at=NOW) is None
    assert surveillance.cases_in_emergency(by=by, person=person, at=NOW) == []

    assert sent(by, province) == ""

    assert registry.emergency_card(by=by, person=person, at=NOW).name == "Giàng Farperson"
    assert [ill.disease for ill in surveillance.cases_in_emergency(by=by, person=person, at=NOW)] == ["measles"]  # fmt: skip
    other = replace(by, user=uuid4())
    over = NOW + timedelta(minutes=MINUTES)
    for asked in ({"by": other, "at": NOW}, {"by": by, "at": over}, {"by": replace(by, posts=()), "at": NOW}):  # fmt: skip
        assert registry.emergency_card(person=person, **asked) is None
        assert surveillance.cases_in_emergency(person=person, **asked) == []


@pytest.mark.check("AC-12")
def test_the_journal_keeps_each_opening_and_shows_its_reason_to_reviewers_only(province, holder):
    who = holder("midwife")
    id = opened(who).strip("/").rpartition("/")[2]

    assert REASON not in read(holder("midwife").browser.get(f"/operations/{id}/"))
    assert REASON in read(holder("station-head").browser.get(f"/operations/{id}/"))
