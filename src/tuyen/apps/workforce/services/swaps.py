"""Colleagues swap shifts: one asks, the other agrees."""

from django.db.models import Q

from tuyen.apps.workforce.models import Swap
from tuyen.apps.workforce.operations import AnswerSwap, AskSwap
from tuyen.apps.workforce.refusals import ReasonMissing
from tuyen.apps.workforce.refusals.duty import (
    NotYourShift,
    SwapPast,
    SwapSettled,
    SwapWithSelf,
    UnknownShift,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.apps.workforce.services.duty import Hands
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(AskSwap)
def ask_swaps(batch: Batch[AskSwap]) -> None:
    """Nothing changes until the colleague answers."""
    named = {id for e in batch.entries for id in (e.payload.shift, e.payload.for_shift) if id}
    hands, swaps = Hands(named), Rows(Swap)
    for entry in batch.entries:
        said = entry.payload
        try:
            row, month = hands.shift(said.shift, entry.unit)
            owner = next((p for p in month.people if p.id == row["member_id"]), None)
            if owner is None or entry.author is None or owner.user != entry.author:
                raise NotYourShift()
            if said.member == row["member_id"]:
                raise SwapWithSelf()
            if row["day"] < entry.happened_on:
                raise SwapPast(on=row["day"])
            _both(hands, entry.unit, row, said.for_shift, said.member)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        swaps.put({
            "id": entry.id, "shift_id": said.shift, "for_shift_id": said.for_shift,
            "unit_id": entry.unit, "asker_id": row["member_id"], "member_id": said.member,
            "reason": said.reason.strip(), "asked_on": entry.happened_on, "state": "waiting",
            "answer": "", "answered_on": None, "changed_at": entry.received_at,
        })  # fmt: skip
    swaps.post()


def _both(hands: Hands, unit: object, row: Row, other: object, member: object) -> Row | None:
    """Raise where one of the two cannot take the other's shift; the other's shift."""
    theirs = None
    month = hands.months[row["unit_id"], row["day"].replace(day=1)]
    if other is not None:
        theirs, there = hands.shift(other, row["unit_id"])  # type: ignore[arg-type]
        if theirs["member_id"] != member:
            raise UnknownShift(shift=other)
        hands.free(
            there, theirs["roster_id"], row["member_id"], theirs["day"], theirs["kind"], [row["id"]]
        )
    left = [theirs["id"]] if theirs else []
    hands.free(month, row["roster_id"], member, row["day"], row["kind"], left)  # type: ignore[arg-type]
    return theirs


@applies(AnswerSwap)
def answer_swaps(batch: Batch[AnswerSwap]) -> None:
    """Agreed, and the shifts change hands; or declined, with the reason."""
    swaps = Rows(Swap)
    named = swaps.take(Q(pk__among={e.payload.swap for e in batch.entries}))
    hands = Hands({id for r in named for id in (r["shift_id"], r["for_shift_id"]) if id})
    for entry in batch.entries:
        said = entry.payload
        swap = swaps.get(said.swap)
        try:
            if swap is None or swap["state"] != "waiting" or swap["unit_id"] != entry.unit:
                raise SwapSettled(swap=said.swap)
            _asked(hands, swap, entry)
            if not said.accepted and len(said.note.strip()) < 3:
                raise ReasonMissing()
            if said.accepted:
                row, _ = hands.shift(swap["shift_id"], entry.unit)
                theirs = _both(hands, entry.unit, row, swap["for_shift_id"], swap["member_id"])
                if theirs is not None:
                    hands.hand(
                        theirs,
                        swap["asker_id"],
                        derived_id(entry.id, "back"),
                        entry,
                        swap["reason"],
                    )
                hands.hand(row, swap["member_id"], entry.id, entry, swap["reason"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        swaps.put(swap | {
            "state": "agreed" if said.accepted else "declined", "answer": said.note.strip(),
            "answered_on": entry.happened_on, "changed_at": entry.received_at,
        })  # fmt: skip
    hands.shifts.post()
    swaps.post()


def _asked(hands: Hands, swap: Row, entry: Entry[AnswerSwap]) -> None:
    """Raise where the author is not who was asked."""
    people = [
        p for month in hands.months.values() for p in month.people if p.id == swap["member_id"]
    ]
    if entry.author is None or not any(p.user == entry.author for p in people):
        raise SwapSettled(swap=swap["id"])
