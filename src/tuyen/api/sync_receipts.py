"""What is answered to each line of a push, whatever its neighbours are."""

import hashlib
from collections.abc import Callable
from uuid import UUID

import msgspec
from django.utils.translation import gettext

from tuyen.api.meeting import meeting
from tuyen.api.wire import shapes
from tuyen.apps.access import clock, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.journal.together import Share
from tuyen.kernel.operation import Operation, Outcome, Receipt
from tuyen.kernel.refusal import N_, Refusal


class UnreadableLine(Refusal):
    code = "api.unreadable"
    message = N_("Line {index} of the batch is not an operation: {what}")


def receipts_of(
    by: Actor, lines: list[bytes], heard: Callable[[], None]
) -> list[shapes.ReceiptOut]:
    """Commit what can be read, and answer each line.

    ``heard`` writes down the contact in the same transaction: a request that was numbered too low
    takes nothing. An id that comes twice with other content is sent to the journal apart, which
    knows what to say to it.
    """
    answers: dict[int, shapes.ReceiptOut] = {}
    places: dict[UUID, int] = {}
    operations: list[Operation] = []
    same: list[tuple[int, UUID]] = []
    other: list[tuple[int, Operation]] = []
    for index, line in enumerate(lines):
        operation = _read(index, line)
        if isinstance(operation, Refusal):
            answers[index] = shapes.ReceiptOut(
                index, _id_of(line), "unreadable", _digest(line), _why(operation)
            )
        elif operation.id not in places:
            places[operation.id] = index
            operations.append(operation)
        elif lines[places[operation.id]] == line:
            same.append((index, operation.id))
        else:
            other.append((index, operation))
    receipts = {
        receipt.id: receipt
        for receipt in meeting.commit(Share(by=by, operations=operations, before=heard))
    }
    for id, index in [*places.items(), *((id, index) for index, id in same)]:
        answers[index] = _receipt(index, receipts[id], lines[index])
    for index, operation in other:
        (receipt,) = commit(by=by, operations=[operation], at=clock.now())
        answers[index] = _receipt(index, receipt, lines[index])
    return [answers[index] for index in sorted(answers)]


def deferred(lines: list[bytes], start: int, why: Refusal) -> list[shapes.ReceiptOut]:
    """The answer to lines from ``start`` on that are not taken today."""
    return [
        shapes.ReceiptOut(index, None, "deferred", _digest(lines[index]), _why(why))
        for index in range(start, len(lines))
    ]


def _read(index: int, line: bytes) -> Operation | Refusal:
    """The operation in a line. Half a character, no UTF-8, or a kind that no store could hold in a
    text makes this line unreadable and touches no other."""
    try:
        operation = msgspec.json.decode(line, type=Operation)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return UnreadableLine(index=index, what=str(error)[:200])
    if not operation.kind.isprintable():
        return UnreadableLine(index=index, what="its kind is not a word")
    try:
        world.check(operation.drill or None)
    except world.OtherWorld as refusal:
        return refusal
    return operation


class _Id(msgspec.Struct):
    id: UUID


def _id_of(line: bytes) -> UUID | None:
    """The id of a line that is not an operation, where it has one."""
    try:
        return msgspec.json.decode(line, type=_Id).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _receipt(index: int, receipt: Receipt, line: bytes) -> shapes.ReceiptOut:
    return shapes.ReceiptOut(
        index, receipt.id, receipt.status, _digest(line),
        _why(receipt.refusal) if receipt.refusal else None,
    )  # fmt: skip


def _why(refusal: Refusal | Outcome) -> shapes.Why:
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    plain = refusal.as_dict()
    sentence = refusal.sentence(gettext(refusal.message))
    return shapes.Why(plain["code"], plain["message"], plain["values"], sentence)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
