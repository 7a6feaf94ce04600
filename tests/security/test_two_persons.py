"""What two persons must decide is refused to one alone, by the door of programs as by any other."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.security.conftest import NOW, TODAY, Holder, Province
from tuyen.apps.journal import services as journal
from tuyen.apps.registry.operations import (
    Gift,
    MergePersons,
    Opening,
    ProposeMerge,
    ProposeReorganisation,
    ProposeUndo,
    Reorganise,
    UndoReorganisation,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation


def send(who: Holder, payload: Any, unit: UUID) -> tuple[str, str, str]:
    """(id, status, code) of an operation that a program sends for somebody."""
    made = Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW)
    body = msgspec.json.encode({"operations": [made]})
    answer = who.program.post("/api/v1/operations", body, content_type="application/json")
    receipt = answer.json()["receipts"][0]
    return str(made.id), receipt["status"], (receipt.get("refusal") or {}).get("code", "")


def merger(province: Province) -> Reorganise:
    near, far = province.near.units["C"], province.far.units["C"]
    new = uuid7()
    return Reorganise(
        on=date(2026, 11, 1), basis="thử", opens=(Opening(id=new, type="commune", name="Xã Mới"),),
        gives=(Gift(predecessor=near, successor=new, main=True),
               Gift(predecessor=far, successor=new, main=True)),
    )  # fmt: skip


def reorganisation(one: Holder, other: Holder, province: Province) -> tuple[str, str]:
    decision = merger(province)
    proposal, status, code = send(one, ProposeReorganisation(decision=decision), province.root)
    assert status == "accepted", code
    confirmed = msgspec.structs.replace(decision, proposal=UUID(proposal))
    return send(other, confirmed, province.root)[1:]


@pytest.mark.check("AC-13")
def test_a_reorganisation_is_confirmed_by_another_person_only(province, holder):
    one, other = holder("planner", "H"), holder("planner", "H")
    alone = send(one, merger(province), province.root)

    assert alone[1:] == ("refused", "registry.needs-proposal")
    assert reorganisation(one, one, province) == ("refused", "registry.own-proposal")
    assert reorganisation(one, other, province) == ("accepted", "")


def undone(one: Holder, other: Holder, province: Province) -> tuple[str, str]:
    """What becomes of undoing a merger that ``one`` proposes to undo and ``other`` undoes."""
    decision = province.good(merger(province), province.root)
    proposal, status, code = send(
        one, ProposeUndo(decision=decision, reason="bãi bỏ"), province.root
    )
    assert status == "accepted", code
    undo = UndoReorganisation(decision=decision, reason="bãi bỏ", proposal=UUID(proposal))
    return send(other, undo, province.root)[1:]


@pytest.mark.check("AC-13")
def test_a_reorganisation_is_undone_by_another_person_only(province, holder):
    one = holder("planner", "H")
    decision = province.good(merger(province), province.root)
    alone = send(one, UndoReorganisation(decision=decision, reason="bãi bỏ"), province.root)
    province.good(UndoReorganisation(decision=decision, reason="bãi bỏ"), province.root)

    assert alone[1:] == ("refused", "registry.needs-undo-proposal")
    assert undone(one, one, province) == ("refused", "registry.own-proposal")


@pytest.mark.check("AC-13")
def test_a_reorganisation_is_undone_by_two(province, holder):
    assert undone(holder("planner", "H"), holder("director", "H"), province) == ("accepted", "")


@pytest.mark.check("AC-13", mutant=True)
def test_mutant_an_undo_that_asks_for_no_second_person_is_found(province, holder, monkeypatch):
    from tuyen.apps.registry.services import undoing

    monkeypatch.setattr(undoing, "_admitted", lambda entry: None)

    one = holder("planner", "H")
    assert undone(one, one, province) == ("accepted", "")


@pytest.mark.check("AC-13")
def test_a_merger_across_communes_waits_for_another_person(province, holder):
    """One who reads both sides is still one."""
    near, far = province.near, province.far
    unit = near.units["S"]
    one = holder("station-head")
    pair = {"kept": near.person, "duplicate": far.person}
    _, status, code = send(one, MergePersons(**pair), unit)
    proposal, _, _ = send(one, ProposeMerge(**pair), unit)
    _, again, why = send(one, MergePersons(**pair, proposal=UUID(proposal)), unit)

    assert (status, again) == ("refused", "refused")
    assert code
    assert why


@pytest.mark.check("AC-13", mutant=True)
def test_mutant_a_confirmation_that_does_not_ask_who_is_found(province, holder, monkeypatch):
    one = holder("planner", "H")
    honest: Callable[..., Any] = journal._Commit._admit

    def forgetful(self: Any, operation: Operation) -> Any:
        entry = honest(self, operation)
        confirms = operation.kind == "registry.reorganise"
        return msgspec.structs.replace(entry, author=uuid7()) if confirms else entry

    monkeypatch.setattr(journal._Commit, "_admit", forgetful)

    assert reorganisation(one, one, province) == ("accepted", "")
