"""The screens of medicines: what is typed becomes an operation, or comes back with a sentence."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.unit.apps.supply.conftest import NOW, PROGRAM, TODAY, codes, op, place, received
from tests.unit.apps.supply.visiting import Dispensed, Prescribed, Recorded, visits  # noqa: F401
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import CountControlled, FoundLine, SetEquipment
from tuyen.apps.supply.sorting import lot_id

pytestmark = pytest.mark.usefixtures("visits")
MORPHINE = lot_id("morphine-10", "M1")
UNIT = str(place("stM"))


def medicine(**changes):
    plain = {"item": "amlodipine-5", "number": "A1", "vials": 60, "maker": "", "vvm": None,
             "expires_on": date(2027, 1, 15)}  # fmt: skip
    return received(**plain | changes)


@pytest.fixture
def station(signed_in):
    assert (
        codes(
            op(medicine(), "stM", on=TODAY - timedelta(40)),
            op(medicine(item="morphine-10", number="M1", vials=10), "stM"),
        )
        == ["accepted"] * 2
    )
    return signed_in("station-head", place("stM"))


def visit(*given, prescribed=()):
    told = op(Recorded(began_at=NOW, dispensed=given, prescribed=prescribed), "stM")
    assert codes(told) == ["accepted"]
    return told.id


def text(answer):
    return answer.content.decode()


PAGES = ("medicines", "medicine-tracers", "medicine-import", "dispensing", "shortfalls", "controlled",
         "equipment-register", "equipment-floor")  # fmt: skip


def test_every_screen_opens_empty_and_full_and_as_a_file(signed_in, station):
    visit(Dispensed(item="ors", quantity=Decimal(3)), prescribed=(Prescribed(item="amlodipine-5"),))
    empty = signed_in("station-head", place("stD"))
    for name in PAGES:
        for client in (empty, station):
            assert client.get(reverse(name)).status_code == 200
    for name in ("medicines", "medicine-tracers", "equipment-register", "equipment-floor"):
        file = station.get(reverse(name), {"form": "csv"})
        assert file["Content-Type"].startswith("text/csv")
    card = station.get(reverse("medicine", args=["amlodipine-5"]))
    assert "A1" in text(card)
    assert station.get(reverse("medicine", args=["moonlight"])).status_code == 404
    for name in ("stock-receive", "stock-count", "stock-send"):
        assert "Amlodipine" in text(station.get(reverse(name), {"list": "medicines"}))


@pytest.mark.parametrize("only", ["tracer", "near", "order", "out", "low", "nonsense"])
def test_a_part_of_the_list_is_shown(station, only):
    visit(Dispensed(item="amlodipine-5", quantity=Decimal(30)))

    assert station.get(reverse("medicines"), {"only": only}).status_code == 200


def test_what_waits_is_handed_out_with_one_button(station):
    told = visit(prescribed=(Prescribed(item="amlodipine-5"),))
    page = text(station.get(reverse("dispensing")))
    field = f"q-{told}-amlodipine-5"
    assert f'name="{field}"' in page
    assert 'value="30"' in page

    wrong = station.post(reverse("dispensing"), {"unit": UNIT, "visit": str(told), field: "thirty"})
    assert wrong.status_code == 422
    too_many = station.post(
        reverse("dispensing"), {"unit": UNIT, "visit": str(told), field: "31"} | {"note": "đã hỏi"}
    )
    assert 'value="đã hỏi"' in text(too_many)
    assert "E+" not in text(too_many)
    assert "30 of what was prescribed are left" in text(too_many)
    assert too_many.status_code == 422
    done = station.post(reverse("dispensing"), {"unit": UNIT, "visit": str(told), field: "30"})
    assert done.status_code == 302
    (line,) = queries.dispensed(by=PROGRAM, visits=[told])[told]
    assert (line.source, line.pieces, line.short) == ("desk", 30, 0)
    assert field not in text(station.get(reverse("dispensing")))


def test_a_medicine_that_tells_of_its_taker_is_not_shown_to_everybody(station, signed_in):
    told = visit(prescribed=(Prescribed(item="arv-tld"),))
    centre = signed_in("health-centre-supervisor", place("hc"))

    page = centre.get(reverse("dispensing"), {"unit": UNIT, "days": "7"})
    assert str(told) not in text(page)


def test_a_difference_is_settled_on_the_screen(station):
    visit(Dispensed(item="ors", quantity=Decimal(6)))
    (short,) = queries.shortfalls(by=PROGRAM, on=TODAY)
    form = {"unit": UNIT, "shortfall": str(short.id), "how": "receipt", "note": "nhập muộn"}

    assert station.post(reverse("shortfalls"), form | {"note": ""}).status_code == 422
    assert station.post(reverse("shortfalls"), form).status_code == 422  # nothing was received
    assert station.post(reverse("shortfalls"), form | {"how": "count"}).status_code == 302
    assert "nhập muộn" in text(station.get(reverse("shortfalls"), {"state": "settled"}))


def test_controlled_drugs_are_counted_by_two(station, signed_in):
    field = f"f-{MORPHINE}-{UNIT}"
    form = {"unit": UNIT, field: "9", "note": "vỡ một ống"}
    assert station.post(reverse("controlled"), form | {field: "nine"}).status_code == 422
    assert station.post(reverse("controlled"), form).status_code == 302
    (count,) = queries.counts(by=PROGRAM, unit=place("stM"))

    mine = {"unit": UNIT, "count": str(count.id), "agrees": "yes"}
    assert station.post(reverse("controlled"), mine).status_code == 422
    other = signed_in("station-head", place("stM"))
    assert "I saw the same" in text(other.get(reverse("controlled")))
    assert other.post(reverse("controlled"), mine).status_code == 302
    page = queries.register(
        by=PROGRAM, unit=place("stM"), item="morphine-10", first=TODAY, last=TODAY
    )
    assert page.closing == 9
    for month in ("nonsense", "9999-12", "0001-01"):
        assert station.get(reverse("controlled"), {"month": month}).status_code == 200
    assert "Morphine" in text(station.get(reverse("controlled"))).partition("<h2")[2][:200]


def test_equipment_says_which_check_is_due_and_what_is_missing(station):
    cuff = SetEquipment(kind="bp-adult", name="Huyết áp kế", since=TODAY, watched=False)
    assert codes(op(cuff, "stM")) == ["accepted"]

    assert "never checked" in text(station.get(reverse("equipment-register"), {"only": "due"}))
    assert "Huyết áp kế" not in text(station.get(reverse("cold-equipment")))
    floor = text(station.get(reverse("equipment-floor")))
    assert "Blood pressure meter, adult" in floor


CSV = """Tên thuốc,Số lô,Hạn dùng,Số lượng
Paracetamol 500 mg,P1,31/12/2027,500
ors,O1,30/06/2027,100
Thuốc tiên,X1,30/06/2027,10
zinc-20,Z1,30/06/2020,10
"""


def test_stock_comes_in_from_a_file_and_only_once(station):
    def send():
        file = SimpleUploadedFile("kho.csv", CSV.encode(), content_type="text/csv")
        answer = station.post(reverse("medicine-import"), {"file": file})
        token = answer["Location"].split("/")[-2]
        return token, text(station.get(reverse("medicine-import-check", args=[token])))

    token, seen = send()
    assert "Thuốc tiên" in seen
    station.post(reverse("medicine-import-accept", args=[token]), {"good": "1", "accept": "1"})
    held = queries.on_hand(
        by=PROGRAM, unit=place("stM"), items=["paracetamol-500", "ors"], on=TODAY
    )
    assert [held[item].pieces for item in held] == [500, 100]


def test_a_count_that_waits_is_told_of_to_its_author_only_as_waiting(station):
    payload = CountControlled(lines=(FoundLine(lot=MORPHINE, found=10),))
    assert codes(op(payload, "stM")) == ["accepted"]

    assert "waits for a second person" in text(station.get(reverse("controlled")))
