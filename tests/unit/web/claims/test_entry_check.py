"""The claim of a visit while it is typed: found before it is saved, and never in the way of care."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.claims.conftest import BEGAN, FACILITY, TODAY, visit
from tests.unit.web.clinical.sending import fields
from tuyen.apps.claims import queries
from tuyen.apps.claims.operations import Line, SetCatalogue
from tuyen.apps.clinical.models import Visit
from tuyen.apps.clinical.operations import Content, Measured
from tuyen.apps.journal.models import Entry


def form(head, person: UUID, **typed: str) -> dict[str, list[str]]:
    page = head.get(f"/care/person/{person}/visit/").content.decode()
    given = fields(page) | {name: [text] for name, text in typed.items()}
    return given | {"practitioner": ["0012345/LS-CCHN"]}


def told(person: UUID) -> dict[str, str]:
    """A visit of which the claim lacks nothing."""
    return {
        "pressure": "13585", "weight": "52,5", "reason": "Đau đầu", "dx_text": "I10",
        "care": "01", "do": "drugs",
    }  # fmt: skip


def save(head, person: UUID, given):
    return head.post(f"/care/person/{person}/visit/", given)


def test_a_change_is_answered_beside_its_field_and_nothing_is_written(station, head):
    person = station.patient()
    given = form(head, person, **told(person) | {"weight": ""})
    before = Entry.objects.count()

    page = head.post(f"/care/person/{person}/visit/check/", given).content.decode()

    assert '<a href="#id_weight">A required value is missing</a>' in page
    assert '<span class="claim-notes" id="id_weight_claim" hx-swap-oob="true"><span' in page
    assert 'name="claim_marks" value="id_weight"' in page
    assert (Entry.objects.count(), Visit.objects.count()) == (before, 0)


def test_what_was_mended_leaves_its_field_again(station, head):
    person = station.patient()
    given = form(head, person, **told(person) | {"claim_marks": "id_weight"})

    page = head.post(f"/care/person/{person}/visit/check/", given).content.decode()

    assert '<span class="claim-notes" id="id_weight_claim" hx-swap-oob="true">\n</span>' in page
    assert "Nothing was found" in page


def test_an_error_that_is_mended_here_is_asked_about_once(station, head):
    person = station.patient()
    given = form(head, person, **told(person) | {"weight": ""})

    asked = save(head, person, given)

    page = asked.content.decode()
    assert (asked.status_code, Visit.objects.count()) == (422, 0)
    assert "the insurer would not pay this visit as it is typed" in page
    again = given | {"claim_seen": [fields(page)["claim_seen"][0]]}
    assert save(head, person, again).status_code == 302
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"payer": "self"},
        {"refer_urgent": "yes", "refer_name": "Bệnh viện tỉnh", "refer_reason": "khó thở"},
        {"attendance": "2"},
        {"weight": "52,5"},
    ],
)
def test_who_is_not_insured_or_cannot_wait_is_saved_at_once(station, head, change):
    person = station.patient()
    given = form(head, person, **told(person) | {"weight": ""} | change)

    assert save(head, person, given).status_code == 302


def test_without_a_script_the_button_checks_and_saves_nothing(station, head):
    person = station.patient()
    given = form(head, person, **told(person) | {"weight": "", "do": "check"})

    answer = save(head, person, given)

    page = answer.content.decode()
    assert Visit.objects.count() == 0
    assert '<span class="claim-notes" id="id_weight_claim"><span' in page
    assert "Not saved yet" not in page


def test_a_correction_is_checked_as_it_would_stand(station, head):
    id = station.visit(station.patient())
    page = head.get(f"/care/visit/{id}/correct/").content.decode()
    given = fields(page) | {"weight": [""], "why": ["cân sai"], "do": ["drugs"]}

    found = head.post(f"/care/visit/{id}/correct/check/", given).content.decode()

    assert '<a href="#id_weight">' in found
    assert Visit.objects.get(pk=id).version == 1
    assert head.post(f"/care/visit/{id}/correct/", given).status_code == 422
    assert Visit.objects.get(pk=id).version == 1


def test_the_draft_is_the_claim_that_the_visit_gets(station):
    person = station.patient()
    payload = visit(person, measured=())
    content = Content(**{name: getattr(payload, name) for name in Content.__struct_fields__})
    id = uuid4()

    draft = queries.draft(by=station.by, unit=station.id, content=content, id=id, on=TODAY)
    station.good(payload, ids=[id])

    found, missing = queries.preview(by=station.by, visit=id, on=TODAY)
    assert draft is not None
    assert (list(draft.findings), draft.missing) == (found, missing)
    assert any(one.finding.field == "CAN_NANG" for one in found)


def test_how_many_lines_are_typed_does_not_matter_to_the_store(station, head):
    person = station.patient()

    def asked(lines: int) -> int:
        given = form(head, person, **told(person))
        given["dx_text"] = ["I10", "E11.9", "J00"][:lines]
        given["dx_chosen"] = given["dx_certainty"] = [""] * lines
        given["dx_traditional"] = given["dx_note"] = [""] * lines
        with CaptureQueriesContext(connection) as queries_:
            head.post(f"/care/person/{person}/visit/check/", given)
        return len([q for q in queries_ if "maprevision" not in q["sql"]])

    asked(1)
    assert asked(1) == asked(3) <= 26


def test_who_reads_no_claims_is_not_asked(station, signed_in):
    person = station.patient()
    other = signed_in("midwife", station.id)
    given = form(other, person, **told(person) | {"weight": ""})

    assert "data-claim-check" not in other.get(f"/care/person/{person}/visit/").content.decode()
    assert save(other, person, given).status_code == 302


@pytest.mark.parametrize(("days", "weight"), [("0", ""), ("30", ""), ("180", "52.00")])
def test_a_weight_on_record_stands_for_as_long_as_the_facility_says(station, days, weight):
    person = station.patient()
    station.good(
        SetCatalogue(
            kind="facility", since=TODAY - timedelta(days=40),
            lines=(Line(values=FACILITY | {"weight_days": days}),),
        )
    )  # fmt: skip
    earlier = BEGAN - timedelta(days=60)
    station.visit(person, began_at=earlier, measured=(Measured(what="weight", value=52),))
    later = station.visit(person, measured=())

    page = queries.claim(by=station.by, id=later, on=TODAY)

    assert page is not None
    assert page.tables["XML1"][0]["CAN_NANG"] == weight


def test_a_diagnosis_that_lacks_is_asked_for_where_it_is_typed(station, head):
    person = station.patient()
    given = form(head, person, **told(person) | {"dx_text": ""})

    page = head.post(f"/care/person/{person}/visit/check/", given).content.decode()

    assert '<a href="#id_dx_text_0">A required value is missing</a>' in page
    assert save(head, person, given).status_code == 422
