"""What moves with a plan: people by name, proposed, settled, read from the registers, in annex and cut-over."""

from datetime import date
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place, send
from tests.unit.apps.network.test_plans import choice, drafted
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries
from tuyen.apps.network.operations import Move, SettleMoves
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.queries import EquipmentRow
from tuyen.apps.workforce.models import Tenure
from tuyen.apps.workforce.operations import (
    AnswerTransfer,
    EndPost,
    Post,
    ProposeTransfer,
    RegisterMember,
)
from tuyen.kernel.ids import uuid7

FRIDGE = uuid7()
SINCE = date(2024, 1, 1)


def piece(unit):
    return EquipmentRow(FRIDGE, place(unit), unit, "fridge", "Tủ lạnh TCW", "", "", None, date(2024, 1, 1),
                        True, "working", None, None, None, None, None)  # fmt: skip


def hired(name, cadre, unit, **post):
    """Somebody at work at a unit, through the journal; gives the file's id."""
    (receipt,) = send(
        op(RegisterMember(name=name, post=Post(cadre=cadre, since=SINCE, **post)), unit)
    )
    assert receipt.status == "accepted"
    return receipt.id


class People(NamedTuple):
    doctor: object
    near: object
    far: object
    head: object


@pytest.fixture
def registers(db, monkeypatch):
    """A doctor at the station of M; two nurses and a head at its point. What stands where, tests change."""
    held = {"fridge": "pM"}
    monkeypatch.setattr(supply, "equipment", lambda *, by, on: [piece(held["fridge"])])
    held["people"] = People(
        hired("Lò Văn Bác", "doctor", "stM"), hired("Giàng Thị Dua", "nurse", "pM"),
        hired("Vàng Thị Mai", "nurse", "pM"), hired("Sùng A Trưởng", "midwife", "pM", position="head"),
    )  # fmt: skip
    return held


def lines(id, kind="people"):
    return {
        one.member or one.piece: (one.to, one.fills, one.kept, one.done)
        for one in queries.moves(by=PROGRAM, id=id)
        if one.kind == kind
    }


def going(member, to, cadre="nurse", site="pM"):
    return Move(site=place(site), kind="people", what=cadre, to=place(to), member=member)


def test_who_must_leave_fills_what_lacks_near_by_and_nobody_bound_is_sent_away(registers):
    id = drafted(choice("pM", "repurposed", "school"))
    people, found = registers["people"], lines(id)

    assert set(found) == {people.near, people.far, people.head}  # the doctor of the station stays
    # A nurse lacks at both stations: one goes to each. The head goes to the station of the commune.
    assert {found[people.near][:2], found[people.far][:2]} == {
        (place("stM"), "nurse"), (place("stN"), "nurse")}  # fmt: skip
    assert found[people.head] == (place("stM"), "", False, None)
    assert lines(id, "equipment") == {FRIDGE: (place("stM"), "", False, None)}


def test_a_move_is_done_once_the_post_of_that_person_is_at_the_unit(registers):
    id = drafted(choice("pM", "repurposed", "school"))
    people = registers["people"]
    kept = (
        going(people.near, "stN"),
        going(people.far, "stM"),
        Move(site=place("pM"), kind="equipment", what=str(FRIDGE), to=place("stM")),
    )
    assert codes(op(SettleMoves(plan=id, moves=kept), "P")) == ["accepted"]
    assert lines(id)[people.near] == (place("stN"), "", True, False)

    hired("Người mới", "nurse", "stN")  # another nurse there makes no move done
    ended = Tenure.objects.get(member_id=people.far).pk
    assert codes(op(EndPost(post=ended, until=date(2026, 10, 1), reason="nghỉ việc"), "pM")) == [
        "accepted"
    ]
    move = op(ProposeTransfer(member=people.near, since=date(2026, 10, 1), reason="sắp xếp"), "stN")
    assert (
        codes(move, op(AnswerTransfer(transfer=move.id, accepted=True), "pM")) == ["accepted"] * 2
    )
    registers["fridge"] = "stM"

    assert lines(id)[people.near] == (place("stN"), "", True, True)
    gone = {one.member: one.gone for one in queries.moves(by=PROGRAM, id=id) if one.member}
    assert gone[people.far]
    assert lines(id, "equipment")[FRIDGE] == (place("stM"), "", True, True)
    assert replay().same


def test_a_list_of_before_that_names_nobody_tells_where_and_proves_nothing(registers):
    id = drafted(choice("pM", "repurposed", "school"))
    count = Move(site=place("pM"), kind="people", what="nurse", number=2, had=2, to=place("stM"))
    assert codes(op(SettleMoves(plan=id, moves=(count,)), "P")) == ["accepted"]
    people = registers["people"]

    assert lines(id)[people.near] == (place("stM"), "", False, None)
    assert lines(id)[people.far] == (place("stM"), "", False, None)


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


def test_nobody_goes_to_two_places_and_nobody_unknown_goes(registers):
    id = drafted(choice("pM", "repurposed", "school"))
    near = registers["people"].near

    twice = (going(near, "stM"), going(near, "stN", site="stM"))
    assert codes(op(SettleMoves(plan=id, moves=twice), "P")) == ["move-twice"]
    assert codes(op(SettleMoves(plan=id, moves=(going(uuid7(), "stM"),)), "P")) == [
        "move-of-nobody"
    ]


def test_the_list_is_settled_on_screen_and_stands_in_annex_and_checklist(signed_in, registers):
    id = drafted(choice("pM", "repurposed", "school"), choice("pN", "mobile"))
    planner, people = signed_in("planner", place("P")), registers["people"]
    address = reverse("network-moves", args=[id])
    page = planner.get(address).content.decode()
    own = reverse("network-moves-commune", args=[id, place("M")])
    detail = planner.get(own).content.decode()

    told = planner.post(own, {
        f"{place('pM')}|people|{people.near}": "",
        f"{place('pM')}|people|{people.far}": str(place("stN")),
        f"{place('pM')}|equipment|{FRIDGE}": str(place("stM")),
    })  # fmt: skip

    assert own in page
    assert "Giàng Thị Dua" in detail
    assert "Tủ lạnh TCW" in detail
    assert (
        "Gives up"
        in planner.get(reverse("network-moves-commune", args=[id, place("N")])).content.decode()
    )
    assert told.status_code == 302
    assert lines(id)[people.near] == (None, "", True, True)
    assert lines(id)[people.far] == (place("stN"), "", True, False)
    open_ = planner.get(address, {"show": "open"}).content.decode()
    assert "3 of 3" in open_
    assert own in open_
    assert own not in planner.get(address, {"show": "proposed"}).content.decode()
    document = planner.get(reverse("network-document", args=[id])).content.decode()
    assert "Bàn giao nhân lực, thiết bị" in document
    wide, folded = document.split("</article>")[0].split('<ul class="list-narrow">')
    assert ("Vàng Thị Mai" in wide, "Vàng Thị Mai" in folded) == (True, True)
    assert folded.count("<summary>") == wide.count("<h3>"), (
        "what folds on a phone is the whole annex"
    )
    checklist = planner.get(reverse("network-cutover", args=[id])).content.decode()
    assert "0 of 3 lines are where they are to be" in checklist
    director = signed_in("director", place("P"))
    assert director.get(own).status_code == 200
    assert director.post(own, {}).status_code == 422


def test_settling_one_commune_leaves_what_was_settled_of_others(signed_in, registers):
    other = hired("Hờ Thị Sinh", "nurse", "pN")
    id = drafted(choice("pM", "repurposed", "school"), choice("pN", "repurposed", "school"))
    assert codes(op(SettleMoves(plan=id, moves=(going(other, "stN", site="pN"),)), "P")) == [
        "accepted"
    ]

    signed_in("planner", place("P")).post(
        reverse("network-moves-commune", args=[id, place("M")]), {}
    )

    assert lines(id)[other][2]
    assert all(one[2] for one in lines(id).values())


def test_a_list_of_many_people_takes_as_many_statements_as_one_of_few(registers):
    id = drafted(choice("pM", "repurposed", "school"))

    def taken():
        with CaptureQueriesContext(connection) as found:
            queries.moves(by=PROGRAM, id=id)
        return len(found)

    few = taken()
    for n in range(5):
        hired(f"Người {n}", "nurse", "pM")
    assert taken() == few
