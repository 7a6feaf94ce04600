"""The screens: a matrix that never draws the unknown as ready, a project through two hands, its money."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.unit.apps.governance.conftest import PROGRAM, TODAY, equipped, reviewed
from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.governance import queries
from tuyen.engines.exchange.tabular import read_table
from tuyen.kernel.ids import uuid7
from tuyen.web.governance.forms import amount_of


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


def text(answer):
    return answer.content.decode()


def typed(**changes):
    return {
        "id": uuid7(), "name": "Nâng cấp hai trạm", "starts": "01/01/2026", "ends": "31/12/2026",
        "f-loan": "136.000", "s-loan": "over", "x-loan": "5.800.000", "c-loan": "usd",
        "r-loan": "23448,28", "site": [str(place("stM"))], "package": ["water", "power"],
        "work-source": "loan", "planned": "06/2026: 100.000",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"),
    [("136.000", "136000"), ("0,5", "0.5"), ("1.234.567,89", "1234567.89"), ("5,800,000", "5800000"),
     ("23448.28", "23448.28"), ("12 000", "12000"), ("-1", None), ("", None), ("nan", None), ("1e9", None)],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(said, meant):
    assert amount_of(said) == (None if meant is None else Decimal(meant))


def test_the_matrix_hatches_what_nobody_knows_and_goes_out_as_the_same_rows(planner):
    reviewed("stM", water="good", power="none")
    page = text(planner.get(reverse("readiness")))
    csv = planner.get(reverse("readiness"), {"form": "csv"})
    xlsx = planner.get(reverse("readiness"), {"form": "xlsx"})
    narrowed = text(planner.get(reverse("readiness"), {"gap": "water"}))

    assert 'class="cell cell-good" title="Safe water: as it should be · review of the site' in page
    assert 'class="cell cell-unknown" title="Rooms by function: not known yet' in page
    assert "station stM" not in narrowed.split("<tbody>")[1]
    for answer, name in ((csv, "a.csv"), (xlsx, "a.xlsx")):
        table = read_table(answer.content, name)
        assert len(table) == 2
    assert "as it should be,review of the site,2026-09-01" in text(csv)


def test_a_station_head_sees_the_own_station_and_writes_down_its_use(signed_in):
    piece = equipped("stN", "ecg")["ecg"]
    head = signed_in("station-head", place("stN"))
    address = reverse("readiness-site", args=[place("stN")])

    assert head.get(reverse("readiness-site", args=[place("stM")])).status_code == 404
    assert head.post(address, {"piece": piece, "month": "2026", "days": "3"}).status_code == 422
    assert head.post(address, {"piece": piece, "month": "09/2026", "days": "11"}).status_code == 302
    assert "50%" in text(head.get(reverse("equipment-use")))
    assert head.get(reverse("packages")).status_code in (403, 404)


def test_a_project_is_proposed_approved_by_another_paid_adjusted_and_closed(planner, signed_in):
    reviewed("stM", water="none", power="none")
    form = typed()
    first, again = (planner.post(reverse("project-new"), form) for _ in range(2))
    assert first.url == again.url
    page = text(planner.get(first.url))
    for told in ("more than 136 billion VND", "5,800,000 USD at 23,448.28 VND", "You proposed it"):
        assert told in page
    id = form["id"]
    answer, pay = (reverse(f"project-{name}", args=[id]) for name in ("answer", "pay"))
    refused = planner.post(answer, {"answer": "approve"})
    assert (refused.status_code, "another person decides" in text(refused)) == (422, True)

    director = signed_in("director", place("P"))
    assert director.post(answer, {"answer": "approve"}).status_code == 302
    beyond = planner.post(
        pay, {"source": "loan", "amount": "137.000", "on": "20/10/2026", "voucher": "1"}
    )
    assert (beyond.status_code, "is beyond it" in text(beyond)) == (422, True)
    assert 'value="137.000"' in text(beyond)
    paid = {"source": "loan", "amount": "1.000", "on": "20/10/2026", "voucher": "1", "id": uuid7()}
    assert [planner.post(pay, paid).status_code for _ in range(2)] == [302, 302]
    (payment,) = queries.project(by=PROGRAM, id=id, on=TODAY).payments
    assert planner.post(reverse("project-adjust", args=[id]), {
        "payment": payment.id, "amount": "500", "reason": "Nhầm số"}).status_code == 302  # fmt: skip
    assert planner.post(reverse("project-progress", args=[id]), {
        "stage": "works", "percent": "60", "contract": "01/HĐ"}).status_code == 302  # fmt: skip

    reviewed("stM", TODAY, water="good", power="none")
    page = text(planner.get(reverse("project-bought", args=[id])))
    assert "Safe water" in page
    assert "2.00" in page  # a line for half a billion
    assert director.post(reverse("project-close", args=[id]), {"note": "Xong"}).status_code == 302
    assert "the project is closed" in text(director.get(reverse("project", args=[id])))


def test_what_is_wrong_with_a_project_comes_back_beside_what_was_typed(planner):
    answer = planner.post(reverse("project-new"), typed(name="x", starts="mai", planned="tháng 6"))

    assert answer.status_code == 422
    for kept in ("Give the project a name", "Begins: write the day", "write a month and million VND",
                 'value="mai"', 'value="136.000"', "tháng 6"):  # fmt: skip
        assert kept in text(answer)
    assert queries.projects(by=PROGRAM, on=TODAY) == []


def test_a_draft_programme_becomes_the_form_of_a_project(planner):
    reviewed("stM", water="none", power="none", internet="none")
    asked = {"b-social": "400"}
    page = text(planner.get(reverse("packages"), asked))
    form = text(planner.get(reverse("project-new"), asked))

    assert "Draft programme" in page
    assert reverse("project-new") + "?b-social=400" in page
    assert f"{place('stM')}|internet|social|45" in form
    assert 'value="365"' in form  # what the well and the line cost


def test_payments_from_a_file_are_tried_before_they_are_written(planner, signed_in):
    form = typed()
    planner.post(reverse("project-new"), form)
    signed_in("director", place("P")).post(
        reverse("project-answer", args=[form["id"]]), {"answer": "approve"}
    )
    file = io.BytesIO(
        "Dự án,Ngày chi,Số tiền,Nguồn vốn,Số chứng từ\nNâng cấp hai trạm,20/10/2026,2.000.000.000,loan,7\n".encode()
    )
    file.name = "chi.csv"
    columns = planner.post(reverse("payment-import"), {"file": file}).url

    assert "2 billion VND" in text(planner.get(f"{columns}check/"))
    assert queries.project(by=PROGRAM, id=form["id"], on=TODAY).payments == []
    planner.post(f"{columns}accept/", {"agreed": "1"})
    (one,) = queries.project(by=PROGRAM, id=form["id"], on=TODAY).payments
    assert (one.voucher, one.on) == ("7", date(2026, 10, 20))


def test_payments_are_planned_source_by_source_and_shown_against_what_was_paid(planner):
    made = typed(planned="", **{"f-state-budget": "4.000", "m-state-budget": "06/2026: 1.000\n07/2026: 3.000",
                                "m-loan": "06/2026: 100.000"})  # fmt: skip
    assert planner.post(reverse("project-new"), made).status_code == 302

    shown = text(planner.get(reverse("project", args=[made["id"]])))
    again = text(planner.get(reverse("project-amend", args=[made["id"]])))
    found = queries.project(by=PROGRAM, id=made["id"], on=TODAY)

    assert {(one.source, one.year, int(one.planned)) for one in found.split} == {
        ("loan", 2026, 100_000_000_000), ("state-budget", 2026, 4_000_000_000)}  # fmt: skip
    assert "By source and year: paid against plan" in shown
    assert "07/2026: 3000" in again


def test_money_that_nobody_planned_is_spread_within_each_source(planner):
    made = typed(planned="", **{"f-state-budget": "12"})
    assert planner.post(reverse("project-new"), made).status_code == 302

    found = queries.project(by=PROGRAM, id=made["id"], on=TODAY)

    assert {(one.source, int(one.planned)) for one in found.split} == {
        ("loan", 136_000_000_000), ("state-budget", 12_000_000)}  # fmt: skip
