"""The forms of the stock: what is typed becomes an operation, or comes back with a sentence."""

from io import BytesIO

import pytest
from django.urls import reverse

from tests.unit.apps.supply.conftest import MR, PROGRAM, TODAY, codes, op, place
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import QuarantineStock, SetEquipment

LOTS = f"v-{MR}-{place('hc')}-usable"


@pytest.fixture
def centre(signed_in, stocked):
    return signed_in("health-centre-supervisor", place("hc"))


def text(answer):
    return answer.content.decode()


def test_every_screen_opens_empty_and_full_and_as_a_file(signed_in, centre):
    empty = signed_in("station-head", place("stD"))
    for name in ("stock", "stock-lots", "stock-expiries", "stock-transfers", "cold-equipment",
                 "cold-excursions"):  # fmt: skip
        for client in (empty, centre):
            assert client.get(reverse(name)).status_code == 200
        file = centre.get(reverse(name), {"form": "csv"})
        assert file["Content-Type"].startswith("text/csv")
    for name in ("stock-receive", "stock-send", "stock-count", "cold", "cold-new"):
        for client in (empty, centre):
            assert client.get(reverse(name)).status_code == 200
    assert "MR-01" in text(centre.get(reverse("stock-lots")))
    assert "MR-01" not in text(empty.get(reverse("stock-lots")))


@pytest.mark.parametrize("page", ["0", "-4", "zwei", "7" * 5000])
def test_a_page_that_is_none_is_the_first_or_the_last(centre, page):
    answer = centre.get(reverse("stock-lots"), {"page": page})

    assert answer.status_code == 200
    assert "MR-01" in text(answer)


def test_a_receipt_is_taken_or_comes_back_as_it_was_typed(centre):
    typed = {
        "unit": place("hc"),
        "item": "mr-10",
        "number": "MR-09",
        "expires": "30/06/2027",
        "vials": "1.200",
    }

    wrong = centre.post(reverse("stock-receive"), typed | {"expires": "soon", "vials": "ten"})
    assert wrong.status_code == 422
    assert 'value="MR-09"' in text(wrong)
    refused = centre.post(
        reverse("stock-receive"), typed | {"number": "MR-01", "expires": "01/01/2027"}
    )
    assert "is known with expiry" in text(refused)
    assert centre.post(reverse("stock-receive"), typed).status_code == 302
    assert [v for _, _, v in queries.find_lot(by=PROGRAM, text="MR-09")] == ["MR-09"]


def test_what_is_sent_is_proposed_and_what_came_is_told(centre):
    page = centre.get(reverse("stock-send"), {"item": "mr-10", "vials": "30"})
    assert f'name="{LOTS}"' in text(page)
    assert 'value="30"' in text(page)
    asked = {"unit": place("hc"), "to": place("stM"), LOTS: "30"}
    assert centre.post(reverse("stock-send"), asked | {"to": ""}).status_code == 422
    assert centre.post(reverse("stock-send"), asked).status_code == 302
    (row,) = queries.transfers(by=PROGRAM)

    here = reverse("stock-transfer", args=[row.id])
    told = {f"arrived-{MR}": "28", f"broken-{MR}": "1"}
    assert "write the reason" in text(centre.post(here, told))
    assert centre.post(here, told | {"note": "one broke"}).status_code == 302
    assert queries.transfer(by=PROGRAM, id=row.id).short == 1


def test_a_count_and_acts_on_a_lot_reach_the_ledger(centre):
    assert centre.post(reverse("stock-count"), {"unit": place("hc")}).status_code == 422
    counted = {"unit": place("hc"), LOTS: "97", "note": "October"}
    assert centre.post(reverse("stock-count"), counted).status_code == 302

    here, where = reverse("lot", args=[MR]), f"{place('hc')}|{place('hc')}|usable"
    acts = [
        ({"what": "discard", "where": where, "vials": "2", "why": "broken"}, 302),
        ({"what": "vvm", "where": where, "vials": "2"}, 302),
        ({"what": "quarantine", "where": where, "vials": "5", "reason": "doubt"}, 302),
        ({"what": "adjust", "where": where, "vials": "-1", "reason": "lost one"}, 302),
        ({"what": "adjust", "where": where, "vials": "x", "reason": "lost one"}, 422),
        ({"what": "quarantine", "where": where, "vials": "5"}, 422),
        ({"what": "suspend", "reason": "a serious reaction"}, 302),
        ({"what": "lift", "reason": ""}, 422),
        ({"what": "lift", "reason": "not related"}, 302),
        ({"what": "nothing"}, 422),
    ]
    for given, status in acts:
        assert centre.post(here, given).status_code == status, given
    page = queries.lot(by=PROGRAM, id=MR, on=TODAY)
    assert {held.state: held.vials for held in page.held} == {"usable": 89, "quarantined": 5}
    assert page.suspended_on is None


def test_levels_are_set_where_they_are_shown(centre):
    typed = {"level_unit": place("hc"), "level_item": "mr-10", "least": "5", "most": "3"}
    assert centre.post(reverse("stock-orders"), typed).status_code == 422
    assert centre.post(reverse("stock-orders"), typed | {"most": "30"}).status_code == 302


def test_a_fridge_is_read_and_a_logger_s_file_taken_when_its_rows_are_right(centre):
    made = {
        "unit": place("hc"),
        "kind": "fridge",
        "name": "Tủ 1",
        "since": "01/10/2026",
        "watched": "1",
    }
    assert centre.post(reverse("cold-new"), made | {"name": ""}).status_code == 422
    assert centre.post(reverse("cold-new"), made).status_code == 302
    (piece,) = queries.equipment(by=PROGRAM, on=TODAY)
    readings = {f"c-{piece.id}-am": "5,2", "unit": place("hc")}
    assert centre.post(reverse("cold"), readings).status_code == 302
    here = reverse("cold-piece", args=[piece.id])
    mend = {"form": "log", "day": "25/10/2026", "half": "am", "celsius": "4.9"}
    assert centre.post(here, mend).status_code == 302
    assert (
        centre.post(here, {"form": "service", "what": "calibration", "passed": "yes"}).status_code
        == 302
    )
    assert "4.9" in text(centre.get(here))

    file = BytesIO(b"Time,Temp\n24/10/2026 08:00,4.5\n24/10/2026 09:00,?\n")
    file.name = "logger.csv"
    there = reverse("cold-import", args=[piece.id])
    shown = centre.post(there, {"file": file})
    assert (shown.status_code, "Row 3" in text(shown)) == (422, True)
    assert centre.post(there, {"take": "1"}).status_code == 422
    assert centre.post(there, {"take": "1", "leave": "1"}).status_code == 302
    assert (
        len(queries.readings(by=PROGRAM, id=piece.id, first=TODAY.replace(day=1), last=TODAY)) == 2
    )


def test_a_station_cannot_write_for_another(signed_in, stocked):
    nurse = signed_in("station-head", place("stM"))
    fridge = SetEquipment(kind="fridge", name="Tủ", since=TODAY)
    assert (
        codes(op(fridge), op(QuarantineStock(lot=MR, vials=1, reason="doubt"))) == ["accepted"] * 2
    )
    (piece,) = queries.equipment(by=PROGRAM, on=TODAY)

    assert nurse.get(reverse("cold-piece", args=[piece.id])).status_code == 404
    assert nurse.get(reverse("lot", args=[MR])).status_code == 404
    assert "MR-01" not in text(nurse.get(reverse("stock-count"), {"unit": place("hc")}))
