"""What people ask to have corrected in their own file, and what is answered."""

from datetime import date
from typing import Any

from django.db.models import Q

from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.models import Wish
from tuyen.apps.workforce.operations import AnswerCorrection, AskCorrection
from tuyen.apps.workforce.refusals import (
    NotYourFile,
    ReasonMissing,
    UnknownWord,
    WishSettled,
    WishUnreadable,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules

PUT_IN = ("name", "born_on", "sex", "phone")
"""Fields that an accepted request puts right by itself; the others the editor writes down."""


@applies(AskCorrection)
def ask_corrections(batch: Batch[AskCorrection]) -> None:
    """The author's own file is to be corrected; it stays as it is until somebody answers."""
    desk, wishes = Desk(members=[e.payload.member for e in batch.entries]), Rows(Wish)
    for entry in batch.entries:
        said = entry.payload
        try:
            member = desk.member(said.member, entry.unit)
            if entry.author is None or member["user_id"] != entry.author:
                raise NotYourFile()
            if said.field not in rules.wishes():
                raise UnknownWord(value=said.field, what="field", known=", ".join(rules.wishes()))
            _read(said.field, said.value)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        before = member.get(said.field) if said.field in PUT_IN else None
        wishes.put({
            "id": entry.id, "member_id": said.member, "unit_id": entry.unit, "field": said.field,
            "value": said.value.strip(), "before": "" if before is None else str(before),
            "asked_on": entry.happened_on, "state": "waiting", "answer": "", "answered_on": None,
            "answered_by_id": None, "changed_at": entry.received_at,
        })  # fmt: skip
    wishes.post()


@applies(AnswerCorrection)
def answer_corrections(batch: Batch[AnswerCorrection]) -> None:
    """Agreed, and the file is put right; or declined, with the reason."""
    wishes = Rows(Wish)
    wishes.take(Q(pk__among={e.payload.wish for e in batch.entries}))
    desk = Desk(members=[row["member_id"] for row in wishes.all()])
    for entry in batch.entries:
        said = entry.payload
        row = wishes.get(said.wish)
        try:
            if row is None or row["state"] != "waiting" or row["unit_id"] != entry.unit:
                raise WishSettled(wish=said.wish)
            if not said.accepted and len(said.note.strip()) < 3:
                raise ReasonMissing()
            if said.accepted and row["field"] in PUT_IN:
                member = desk.member(row["member_id"])
                value = _read(row["field"], row["value"])
                desk.keep_member(member | {row["field"]: value}, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        wishes.put(_answered(row, entry, said.accepted, said.note))
    desk.post_all()
    wishes.post()


def _answered(row: Row, entry: Any, accepted: bool, note: str) -> Row:
    return row | {
        "state": "accepted" if accepted else "declined", "answer": note.strip(),
        "answered_on": entry.happened_on, "answered_by_id": entry.author,
        "changed_at": entry.received_at,
    }  # fmt: skip


def _read(field: str, text: str) -> Any:
    """What is right, as the file keeps it; refused where it cannot be that."""
    text = text.strip()
    try:
        if field == "born_on":
            return date.fromisoformat(text)
    except ValueError:
        raise WishUnreadable(value=text[:60], field=field) from None
    most = {"name": 120, "phone": 20, "sex": 10}.get(field, 500)
    sex_is_wrong = field == "sex" and text not in ("male", "female", "unknown")
    phone_is_wrong = field == "phone" and not set(text) <= set("0123456789+ .-")
    if len(text) > most or sex_is_wrong or phone_is_wrong:
        raise WishUnreadable(value=text[:60], field=field)
    return text
