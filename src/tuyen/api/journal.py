"""Operations in, receipts out, and the feed."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import get_language, gettext
from msgspec import UNSET, UnsetType

from tuyen.api.door import NotFound, endpoint, number, one, takes
from tuyen.api.meeting import meeting
from tuyen.apps.access import clock, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.journal import queries
from tuyen.apps.journal.together import Share
from tuyen.kernel.operation import Operation, Outcome, Receipt
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.surveillance.naming import named

MAX_OPERATIONS = 1000


class TooMany(Refusal):
    code = "api.too-many"
    message = N_("{n} operations in one request; at most {limit} are taken.")


class Malformed(Refusal):
    code = "api.malformed"
    message = N_("Operation {index} cannot be read: {what}")


class PushIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Operations in the order in which they happened. Each is judged alone."""

    operations: list[msgspec.Raw]


class ProblemOut(msgspec.Struct, frozen=True):
    """Why an operation was refused: code, template, values, and the sentence to show."""

    code: str
    message: str
    values: dict[str, Any]
    sentence: str


class ReceiptOut(msgspec.Struct, frozen=True):
    """What became of one operation; ``index`` is its place in the request, from 0."""

    index: int
    id: UUID | None
    status: str
    position: int | None
    refusal: ProblemOut | None = None


class PushOut(msgspec.Struct, frozen=True):
    receipts: list[ReceiptOut]


class EntryOut(msgspec.Struct, frozen=True):
    """One accepted operation, as it was kept. ``withheld`` says that the caller may know that it was
    done and not what it says; the payload is then empty. ``drill`` marks what happened in a drill."""

    position: int
    id: UUID
    kind: str
    version: int
    unit: UUID
    author: UUID | None
    happened_on: str
    recorded_at: str
    received_at: str
    corrects: UUID | None
    payload: Any
    refusal: ProblemOut | None = None
    withheld: bool = False
    drill: UUID | UnsetType = UNSET


class FeedOut(msgspec.Struct, frozen=True):
    """A page of the feed. Ask again with ``after``; at once when ``more``, later when not."""

    epoch: UUID
    entries: list[EntryOut]
    after: int
    more: bool


@endpoint("POST", right="signed-in", body=PushIn, answer=PushOut)
def push(by: Actor, query: Any, body: PushIn) -> PushOut:
    """Send operations. A receipt answers each; sending one again changes nothing."""
    if len(body.operations) > MAX_OPERATIONS:
        raise TooMany(n=len(body.operations), limit=MAX_OPERATIONS)
    read: list[Operation | Refusal] = [_read(n, raw) for n, raw in enumerate(body.operations)]
    good = [operation for operation in read if isinstance(operation, Operation)]
    receipts = iter(meeting.commit(Share(by=by, operations=good)) if good else [])
    return PushOut([
        _receipt(n, next(receipts)) if isinstance(item, Operation)
        else ReceiptOut(n, None, "refused", None, _problem(item))
        for n, item in enumerate(read)
    ])  # fmt: skip


@endpoint("GET", right=queries.READ, answer=FeedOut)
@takes(after="integer", epoch="uuid", limit="integer", kind="string", names="boolean")
def feed(by: Actor, query: Any) -> FeedOut:
    """Accepted operations of the caller's units, in commit order, after a position.

    With ``names=false`` what says something of named people is withheld, and does not count towards
    what a program may read of them within a day.
    """
    page = queries.feed(
        by=by,
        after=number(query, "after", default=0, least=0, most=2**62),
        epoch=one(query, "epoch", UUID),
        limit=number(query, "limit", default=queries.PAGE, least=1, most=queries.PAGE),
        kinds=query.getlist("kind") or None,
    )
    entries = page.entries
    if one(query, "names", bool, True):
        _note(by, entries)
    else:
        entries = [kept.closed() if kept.named else kept for kept in entries]
    return FeedOut(page.epoch, [_entry(kept) for kept in entries], page.after, page.more)


@endpoint("GET", right=queries.READ, answer=EntryOut)
def operation(by: Actor, query: Any, id: UUID) -> EntryOut:
    """One operation, accepted or refused."""
    kept = queries.operation(by=by, id=id)
    if kept is None:
        raise NotFound()
    _note(by, [kept])
    return _entry(kept)


def _note(by: Actor, entries: list[queries.Kept]) -> None:
    """What is read of named people is written down."""
    ids = list(dict.fromkeys(id for kept in entries if kept.named for id in kept.subjects))
    if ids:
        record_readings(by=by, subject="journal.operation", ids=ids, at=clock.now())


def _read(index: int, raw: msgspec.Raw) -> Operation | Refusal:
    """One operation, of this world: in a drill each says so, and nothing unsaid is taken there."""
    try:
        operation = msgspec.json.decode(raw, type=Operation)
        world.check(operation.drill or None)
        return operation
    except Refusal as refusal:
        return refusal
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Malformed(index=index, what=str(error))


def _receipt(index: int, receipt: Receipt) -> ReceiptOut:
    refusal = receipt.refusal.refusal() if receipt.refusal else None
    return ReceiptOut(index, receipt.id, receipt.status, receipt.position,
                      _problem(refusal) if refusal else None)  # fmt: skip


def _problem(refusal: Refusal | Outcome) -> ProblemOut:
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    plain = refusal.as_dict()
    told = named(refusal, get_language() or "vi", gettext("All these diseases"))
    return ProblemOut(plain["code"], plain["message"], plain["values"],
                      told.sentence(gettext(told.message)))  # fmt: skip


def _entry(kept: queries.Kept) -> EntryOut:
    return EntryOut(
        position=kept.position, id=kept.id, kind=kept.kind, version=kept.version, unit=kept.unit,
        author=kept.author, happened_on=kept.happened_on.isoformat(),
        recorded_at=kept.recorded_at.isoformat(), received_at=kept.received_at.isoformat(),
        corrects=kept.corrects, payload=kept.payload,
        refusal=_problem(kept.refusal) if kept.refusal else None,
        withheld=kept.withheld, drill=kept.drill or UNSET,
    )  # fmt: skip
