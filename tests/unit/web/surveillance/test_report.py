"""Reporting, correcting and voiding a case at the console."""

from datetime import date
from uuid import uuid4

import pytest

from tests.unit.apps.surveillance.conftest import case, place
from tuyen.apps.access.models import Reading
from tuyen.apps.surveillance.models import Case
from tuyen.kernel.ids import uuid7


def typed(**changes):
    """What a person types for a case of measles in M, onset four days ago."""
    plain = {
        "disease": "Measles", "onset_on": "21/10/2026", "name": "Lò Thị Thử", "sex": "female",
        "age": "7", "place": "M", "classification": "suspected", "draft": str(uuid7()),
    }  # fmt: skip
    return plain | changes


@pytest.fixture
def head(signed_in):
    return signed_in("station-head", place("stM"))


def test_a_case_is_reported_and_shown_with_its_receipt(head):
    answer = head.post("/cases/new/", typed(), follow=True)

    assert answer.status_code == 200
    assert Case.objects.get().name == "Lò Thị Thử"
    assert b"of the journal" in answer.content


def test_a_draft_sent_twice_reports_one_case(head):
    draft = typed()

    head.post("/cases/new/", draft)
    head.post("/cases/new/", draft)

    assert Case.objects.count() == 1


def test_report_then_another_returns_to_an_empty_form(head):
    answer = head.post("/cases/new/", typed(then="another"), follow=True)

    assert answer.redirect_chain[-1][0] == "/cases/new/"
    assert b"Kept at position" in answer.content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"disease": "no such illness"}, "disease"),
        ({"disease": ""}, "disease"),
        ({"onset_on": "31/02/2026"}, "onset_on"),
        ({"onset_on": "26/10/2026"}, "onset_on"),
        ({"onset_on": "01/01/9999"}, "onset_on"),
        ({"age": "very old"}, "age"),
        ({"age": "250"}, "age"),
        ({"age": ""}, "age"),
        ({"age": "22/10/2026"}, "onset_on"),
        ({"place": "nowhere at all"}, "place"),
        ({"place": ""}, "place"),
        ({"sex": ""}, "sex"),
        ({"classification": "sure"}, "classification"),
        ({"diagnosed_on": "20/10/2026"}, "diagnosed_on"),
        ({"outcome": "died", "outcome_on": "01/10/2026"}, "outcome_on"),
        ({"doses": "99"}, "doses"),
        ({"name": "x" * 500}, "name"),
        ({"facility": "no such hospital"}, "facility"),
    ],
)
def test_a_refusal_stands_beside_its_field(head, changes, field):
    answer = head.post("/cases/new/", typed(**changes))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "{{ 7*7 }}", "<script>alert(1)</script>", "\x00", "ỏ" * 150, "%s%n"]
)
def test_hostile_text_is_only_text(head, text):
    answer = head.post("/cases/new/", typed(name=text, disease=text, place=text, age=text))

    assert answer.status_code == 422
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize(
    ("text", "born", "age"),
    [
        ("8 months", None, 0),
        ("8 tháng", None, 0),
        ("2019", None, 7),
        ("15/03/2019", date(2019, 3, 15), 7),
        ("34 tuổi", None, 34),
    ],
)
def test_an_age_is_read_as_people_say_it(head, text, born, age):
    head.post("/cases/new/", typed(age=text))

    found = Case.objects.get()
    assert (found.birth_date, found.age) == (born, age)


def test_a_likely_duplicate_is_shown_and_must_be_answered(head, report):
    (before,) = report(case(name="Lò Thị Thử"))

    shown = head.post("/cases/new/", typed())
    taken = head.post("/cases/new/", typed(apart=str(before.id)))

    assert shown.status_code == 422
    assert str(before.id).encode() in shown.content
    assert taken.status_code == 302
    assert Case.objects.count() == 2


def test_the_side_shows_the_clock_of_the_disease(head):
    answer = head.post("/cases/new/check/", {"disease": "Cholera", "disease_id": "cholera"})

    assert b"report within 48 hours" in answer.content
    assert not Case.objects.exists()


def test_a_commune_of_the_old_map_is_refused_with_its_successor(head):
    answer = head.post("/cases/new/", typed(place="A", place_id=str(place("A"))))

    assert "M" in str(answer.context["form"].errors["place"])


def test_a_person_without_the_right_finds_no_form(signed_in):
    client = signed_in("director", place("P"))

    assert client.get("/cases/new/").status_code == 404
    assert client.post("/cases/new/", typed()).status_code == 404


def test_reading_a_case_is_written_down(head, report):
    (receipt,) = report(case())

    head.get(f"/cases/{receipt.id}/")

    assert Reading.objects.filter(subject_id=receipt.id, subject="surveillance.case").exists()


def test_a_case_outside_the_scope_answers_like_a_missing_one(head, report):
    (receipt,) = report(case(commune=place("D")), unit="stD")

    for path in ("", "amend/", "void/"):
        there = head.get(f"/cases/{receipt.id}/{path}")
        missing = head.get(f"/cases/{uuid4()}/{path}")
        assert (there.status_code, missing.status_code) == (404, 404)


def test_an_amendment_changes_one_field_and_shows_both_values(head, report):
    (receipt,) = report(case(name="Lò Thị Thử", birth_date=date(2019, 3, 15), age=7))
    form = head.get(f"/cases/{receipt.id}/amend/").context["form"]
    data = {bound.name: bound.value() or "" for bound in form}

    answer = head.post(
        f"/cases/{receipt.id}/amend/", data | {"classification": "confirmed", "revision": "0"},
        follow=True,
    )  # fmt: skip

    step = answer.context["history"][0]
    assert [(before, after) for _, before, after in step["diff"]] == [("Suspected", "Confirmed")]
    assert Case.objects.get().classification == "confirmed"


def test_an_amendment_over_unseen_work_is_refused(head, report):
    (receipt,) = report(case())
    form = head.get(f"/cases/{receipt.id}/amend/").context["form"]
    data = {bound.name: bound.value() or "" for bound in form} | {"revision": "0"}
    head.post(f"/cases/{receipt.id}/amend/", data | {"classification": "confirmed"})

    answer = head.post(f"/cases/{receipt.id}/amend/", data | {"classification": "probable"})

    assert answer.status_code == 422
    assert Case.objects.get().classification == "confirmed"


def test_a_case_is_voided_with_a_reason_only(head, report):
    (receipt,) = report(case())

    refused = head.post(f"/cases/{receipt.id}/void/", {"reason": " "})
    done = head.post(f"/cases/{receipt.id}/void/", {"reason": "entered twice"}, follow=True)

    assert refused.status_code == 422
    assert b"entered twice" in done.content
    assert Case.objects.get().voided_at is not None
    assert head.get(f"/cases/{receipt.id}/amend/").status_code == 404
