"""What moves with a plan: proposed, settled, read from the registers, in the annex and the cut-over."""

from datetime import date

import pytest
from django.urls import reverse

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place
from tests.unit.apps.network.test_plans import choice, drafted
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries
from tuyen.apps.network.operations import Move, SettleMoves
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.queries import EquipmentRow
from tuyen.apps.workforce import queries as workforce
from tuyen.kernel.ids import uuid7

FRIDGE = uuid7()


def piece(unit):
    return EquipmentRow(FRIDGE, place(unit), unit, "fridge", "Tủ lạnh TCW", "", "", None, date(2024, 1, 1),
                        True, "working", None, None, None, None, None)  # fmt: skip


@pytest.fixture
def registers(monkeypatch):
    """Who works where and what stands where, as the registers of other rooms say; tests change it."""
    held = {"staff": {place("pM"): {"nurse": 2}, place("stM"): {"doctor": 1}}, "fridge": "pM"}
    monkeypatch.setattr(workforce, "staff_by_unit", lambda *, by, on, map_on: held["staff"])
    monkeypatch.setattr(supply, "equipment", lambda *, by, on: [piece(held["fridge"])])
    return held


def lines(id):
    return [
        (one.kind, one.number, one.to, one.kept, one.done)
        for one in queries.moves(by=PROGRAM, id=id)
    ]


def test_what_a_closed_site_has_goes_to_the_main_station_until_the_registers_say_done(
    db, registers
):
    id = drafted(choice("pM", "repurposed", "school"))
    main = place("stM")
    assert lines(id) == [("equipment", 1, main, False, None), ("people", 2, main, False, None)]

    kept = tuple(
        Move(site=place("pM"), kind=kind, what=what, number=n, had=n, to=main)
        for kind, what, n in (("people", "nurse", 2), ("equipment", str(FRIDGE), 1))
    )
    assert codes(op(SettleMoves(plan=id, moves=kept), "P")) == ["accepted"]
    assert lines(id) == [("equipment", 1, main, True, False), ("people", 2, main, True, False)]

    registers["fridge"] = "stM"
    assert lines(id)[0] == ("equipment", 1, main, True, True)
    registers["staff"] = {place("stM"): {"nurse": 2}}
    assert lines(id)[1] == ("people", 2, main, True, True)
    assert replay().same


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ((("cM", "nurse", "stM"),), "no-such-site"),
        ((("pM", "nurse", "pM"),), "move-nowhere"),
        ((("stM", "nurse", "pM"),), "move-nowhere"),
        ((("pM", "nurse", "stM"), ("pM", "nurse", "stN")), "move-twice"),
    ],
)
def test_a_move_that_cannot_be_is_refused(db, moves, code):
    id = drafted(choice("pM", "repurposed", "school"))
    said = tuple(Move(site=place(a), kind="people", what=what, to=place(b)) for a, what, b in moves)

    assert codes(op(SettleMoves(plan=id, moves=said), "P")) == [code]


def test_the_list_is_settled_on_screen_and_stands_in_annex_and_checklist(signed_in, registers):
    id = drafted(choice("pM", "repurposed", "school"), choice("pN", "mobile"))
    planner = signed_in("planner", place("P"))
    address = reverse("network-moves", args=[id])
    page = planner.get(address).content.decode()
    nurses = f"{place('pM')}|people|nurse|2"

    told = planner.post(
        address, {nurses: "", f"{place('pM')}|equipment|{FRIDGE}|1": str(place("stM"))}
    )

    assert "Tủ lạnh TCW" in page
    assert "Gives up" in page
    assert told.status_code == 302
    assert lines(id) == [
        ("equipment", 1, place("stM"), True, False),
        ("people", 2, None, True, True),
    ]
    document = planner.get(reverse("network-document", args=[id])).content.decode()
    assert "Bàn giao nhân lực, thiết bị" in document
    assert "Tủ lạnh TCW" in document
    checklist = planner.get(reverse("network-cutover", args=[id])).content.decode()
    assert "0 of 1 lines are where they are to be" in checklist
    director = signed_in("director", place("P"))
    assert director.get(address).status_code == 200
    assert director.post(address, {}).status_code == 422
