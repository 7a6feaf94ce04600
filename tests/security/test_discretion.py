"""Who has tuberculosis or HIV is told only for a purpose: by list, detail, search, count, export,
programs, feed, and never to a tablet."""

from dataclasses import replace
from datetime import date

import pytest

from tests.security.addresses import read
from tests.security.conftest import NOW, POLICY, Holder, actor
from tests.security.two_hands import with_names
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import discreet, shelves
from tuyen.apps.surveillance import queries as surveillance
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges, ReportCase
from tuyen.rules.access import discretion

SAID = {
    "name": "Sùng Hushname", "identity": "011090009999", "phone": "0912999888",
    "address": "Hushaddress", "permanent_address": "Hushhome", "note": "Hushnote",
    "history": "Hushhistory", "external_id": "HUSH-7", "workplace": "Hushwork",
}  # fmt: skip


@pytest.fixture(params=["tuberculosis", "hiv-aids"])
def case(request, province):
    near = province.near
    report = ReportCase(
        disease=request.param, sex="male", birth_date=date(1990, 7, 13), commune=near.units["C"],
        onset_on=date(2026, 10, 20), classification="confirmed", person=near.person, **SAID,
    )  # fmt: skip
    id = province.good(report, near.units["S"])
    changes = CaseChanges(name="Sùng Hushname Hai", note="Hushnote again")
    amended = AmendCase(case=id, changes=changes, reason="sửa tên theo giấy tờ", revision=0)
    province.amendment = province.good(amended, near.units["S"], corrects=id)
    return id


def stating(who: Holder, purpose: str) -> None:
    who.browser.post("/account/", {"purpose": purpose})
    who.program.defaults["HTTP_TUYEN_PURPOSE"] = purpose


def told(who: Holder, case, province) -> dict[str, bool]:
    """By which paths something of the person comes out."""
    answers = {
        "list": who.browser.get("/cases/"),
        "by disease": who.browser.get("/cases/?disease=tuberculosis&disease=hiv-aids"),
        "of one day": who.browser.get("/cases/?first=2026-10-20&last=2026-10-20"),
        "detail": who.browser.get(f"/cases/{case}/"),
        "csv": with_names(province, who, "csv"),
        "xlsx": with_names(province, who, "xlsx"),
        "operation": who.browser.get(f"/operations/{case}/"),
        "amendment": who.browser.get(f"/operations/{province.amendment}/"),
        "programs' list": who.program.get("/api/v1/cases"),
        "programs' detail": who.program.get(f"/api/v1/cases/{case}"),
        "programs' operation": who.program.get(f"/api/v1/operations/{case}"),
        "programs' amendment": who.program.get(f"/api/v1/operations/{province.amendment}"),
        "feed": who.program.get("/api/v1/feed"),
    }
    words = ("Hush", "HUSH", SAID["identity"], SAID["phone"], "1990-07-13", "13/07/1990")
    return {path: any(word in read(answer) for word in words) for path, answer in answers.items()}


@pytest.mark.check("AC-06")
@pytest.mark.parametrize("role", ["station-head", "cdc-epidemiologist", "health-centre-supervisor"])
def test_without_a_purpose_a_case_is_shown_and_its_person_is_not(role, case, province, holder):
    who = holder(role, {"health-centre-supervisor": "Z"}.get(role, "S"))
    disease = (
        "Tuberculosis"
        if "tuberculosis" in read(who.program.get(f"/api/v1/cases/{case}"))
        else "HIV"
    )

    assert {path for path, out in told(who, case, province).items() if out} == set()
    assert disease in read(who.browser.get("/cases/"))
    assert "Name withheld" in read(who.browser.get("/cases/"))


@pytest.mark.check("AC-06")
@pytest.mark.parametrize("purpose", POLICY["purposes"]["surveillance.case.sensitive"])
def test_for_a_purpose_it_is_told_by_every_path(purpose, case, province, holder):
    who = holder("station-head")
    stating(who, purpose)

    assert {path for path, out in told(who, case, province).items() if not out} == set()


@pytest.mark.check("AC-06", mutant=True)
def test_mutant_a_list_that_keeps_no_secret_is_found(case, province, holder, monkeypatch):
    monkeypatch.setattr(discreet, "withheld", lambda by: lambda row: False)

    out = told(holder("station-head"), case, province)

    assert {"list", "detail", "csv", "xlsx", "programs' list", "programs' detail"} <= {
        path for path in out if out[path]
    }


@pytest.mark.check("AC-06", mutant=True)
def test_mutant_a_journal_that_keeps_no_secret_is_found(case, province, holder, monkeypatch):
    open_ = replace(discretion(), diseases=frozenset())
    monkeypatch.setattr(journal, "discretion", lambda: open_)

    out = told(holder("station-head"), case, province)

    assert {path for path in out if out[path]} == {
        "detail", "operation", "amendment", "programs' operation", "programs' amendment", "feed"
    }  # fmt: skip


@pytest.mark.check("AC-06")
@pytest.mark.parametrize(
    "asked", ["q=Hushname", "q=011090009999", "q=HUSH-7", "person={person}", "q=Sung"]
)
def test_nothing_that_begins_with_a_person_leads_to_such_a_case(asked, case, province, holder):
    """Neither a search nor a record: who looks for somebody does not learn what they have."""
    who = holder("station-head")
    query = asked.format(person=province.near.person)
    href = f"/cases/{case}/"

    assert href not in read(who.browser.get(f"/cases/?{query}"))
    assert href not in read(who.browser.get(f"/people/{province.near.person}/"))
    stating(who, "care")
    assert href in read(who.browser.get(f"/cases/?{query}"))
    assert href in read(who.browser.get(f"/people/{province.near.person}/"))


@pytest.mark.check("AC-06")
def test_a_draft_does_not_find_out_who_is_ill(case, province):
    near = province.near
    head = actor("station-head", near.units["S"])
    disease = surveillance.case(by=head, id=case).row.disease
    draft = ReportCase(
        disease=disease, sex="male", birth_date=date(1990, 7, 13), commune=near.units["C"],
        onset_on=date(2026, 10, 21), classification="suspected", name="Sùng Hushname Hai",
        person=near.person,
    )  # fmt: skip

    assert surveillance.duplicates_of(by=head, draft=draft) == []
    assert [one.row.id for one in surveillance.duplicates_of(by=head.stating("care"), draft=draft)] == [case]  # fmt: skip


@pytest.mark.check("AC-06")
def test_a_tablet_holds_no_name_beside_such_a_disease(case, province):
    units = [province.near.units["C"], province.near.units["S"]]

    (document,) = shelves._cases([case], units, NOW.date())
    (other,) = shelves._cases([province.near.case], units, NOW.date())

    kept = bytes(document.body["report"]).decode()
    assert "Hush" not in kept
    assert SAID["identity"] not in kept
    assert "Nearcase" in bytes(other.body["report"]).decode()


@pytest.mark.check("AC-06")
def test_what_is_withheld_is_not_lost_by_an_amendment(case, province, holder):
    """A form without the name would send an empty one: it is not shown until a purpose is stated."""
    who = holder("station-head")

    assert who.browser.get(f"/cases/{case}/amend/")["Location"] == "/account/"
    stating(who, "care")
    assert "Hushname" in read(who.browser.get(f"/cases/{case}/amend/"))


def became(province, holder, disease: str):
    """A report of measles that turned out to be of ``disease``: (what tells of it, who reads)."""
    near = province.near
    report = ReportCase(
        disease="measles", sex="male", birth_date=date(1990, 7, 13), commune=near.units["C"],
        onset_on=date(2026, 10, 20), classification="suspected", **SAID,
    )  # fmt: skip
    id = province.good(report, near.units["S"])
    first = CaseChanges(note="Hushnote again")
    said = AmendCase(case=id, changes=first, reason="bổ sung", revision=0)
    province.amendment = province.good(said, near.units["S"], corrects=id)
    who = holder("station-head")
    before = told(who, id, province)
    changes = CaseChanges(disease=disease, classification="confirmed")
    turned = AmendCase(case=id, changes=changes, reason="kết quả xét nghiệm", revision=1)
    province.good(turned, near.units["S"], corrects=id)
    return id, who, before


@pytest.mark.check("AC-06")
@pytest.mark.parametrize("disease", ["tuberculosis", "hiv-aids"])
def test_a_report_that_becomes_such_a_one_hides_its_person_from_then_on(disease, province, holder):
    """In the journal too, where the first report and its first correction named another disease."""
    id, who, before = became(province, holder, disease)

    assert {path for path, out in before.items() if not out} == {"by disease"}
    assert {path for path, out in told(who, id, province).items() if out} == set()
    stating(who, "care")
    assert {path for path, out in told(who, id, province).items() if not out} == set()


@pytest.mark.check("AC-06", mutant=True)
def test_mutant_a_journal_that_looks_at_the_first_report_only_is_found(
    province, holder, monkeypatch
):
    monkeypatch.setattr(journal, "_diseases_now", lambda cases: {})
    id, who, _before = became(province, holder, "hiv-aids")

    assert {path for path, out in told(who, id, province).items() if out} == {
        "detail", "operation", "amendment", "programs' operation", "programs' amendment", "feed"
    }  # fmt: skip


def test_other_diseases_are_told_as_ever(province, holder):
    who = holder("station-head")

    assert "Nearcase" in read(who.browser.get("/cases/"))
    assert "Nearcase" in read(who.program.get("/api/v1/feed"))
