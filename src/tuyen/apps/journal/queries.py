"""Reading the journal: the feed, receipts, the refused queue, and where the chain stands."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import seal
from tuyen.apps.journal.models import Entry, Head, Revision
from tuyen.kernel.operation import KINDS, Outcome
from tuyen.kernel.refusal import N_, Refusal

PAGE = 500
READ = "journal.operation.read"


class OtherEpoch(Refusal):
    code = "journal.other-epoch"
    message = N_("The journal was restored since; begin again from the start (epoch {epoch}).")


class Kept(NamedTuple):
    """An entry of the journal as a reader sees it."""

    position: int
    id: UUID
    kind: str
    version: int
    unit: UUID
    author: UUID | None
    channel: str
    happened_on: date
    recorded_at: datetime
    received_at: datetime
    corrects: UUID | None
    refusal: Outcome | None
    payload: Any


class FeedPage(NamedTuple):
    """Accepted entries in commit order. ``after`` is where to go on; ``more`` says if at once."""

    epoch: UUID
    entries: list[Kept]
    after: int
    more: bool


def head() -> tuple[UUID, int, str]:
    """(epoch, position, digest as hex) of the end of the chain."""
    row = Head.objects.get(pk=1)
    return row.epoch, row.position, bytes(row.digest).hex()


def revision(room: str) -> UUID | None:
    """The last operation that touched a room: a cache made at another one is stale."""
    return Revision.objects.filter(pk=room).values_list("entry_id", flat=True).first()


def feed(
    *, by: Actor, after: int = 0, epoch: UUID | None = None, limit: int = PAGE,
    kinds: Iterable[str] | None = None,
) -> FeedPage:  # fmt: skip
    """Accepted entries of the reader's units after a position, in commit order.

    Positions are given out under the lock of a commit, so a reader can never meet a lower one
    later: nothing is skipped. A page may be empty and yet move ``after`` forward.
    """
    now, end, _ = head()
    if epoch is not None and epoch != now:
        raise OtherEpoch(epoch=now)
    scope = policies.scope(by, READ)
    rows = Entry.objects.filter(scope.where("unit_id"), position__gt=after, accepted=True)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    limit = max(1, min(limit, PAGE))
    page = [_kept(row) for row in rows.order_by("position")[: limit + 1]]
    more = len(page) > limit
    page = page[:limit]
    return FeedPage(now, page, page[-1].position if more else max(end, after), more)


def operations(
    *, by: Actor, before: int | None = None, kind: str = "", author: UUID | None = None,
    limit: int = 50,
) -> list[Kept]:  # fmt: skip
    """The newest entries of the reader's units, refused ones too."""
    rows = Entry.objects.filter(policies.scope(by, READ).where("unit_id"))
    if before is not None:
        rows = rows.filter(position__lt=before)
    if kind:
        rows = rows.filter(kind=kind)
    if author is not None:
        rows = rows.filter(author_id=author)
    return [_kept(row) for row in rows.order_by("-position")[:limit]]


def operation(*, by: Actor, id: UUID) -> Kept | None:
    """One entry, or None when there is none that the reader may see: the two look alike."""
    row = Entry.objects.filter(policies.scope(by, READ).where("unit_id"), id=id).first()
    return _kept(row) if row else None


def history(*, by: Actor, of: UUID) -> list[Kept]:
    """An operation and every accepted one that corrects it, oldest first."""
    rows = Entry.objects.filter(policies.scope(by, READ).where("unit_id"), accepted=True)
    both = rows.filter(id=of) | rows.filter(corrects=of)
    return [_kept(row) for row in both.order_by("position")]


def refused(*, by: Actor, limit: int = 200) -> list[Kept]:
    """Refused operations still open: no accepted one corrects or withdraws them."""
    answer = Entry.objects.filter(corrects=OuterRef("id"), accepted=True)
    rows = Entry.objects.filter(
        policies.scope(by, READ).where("unit_id"), ~Exists(answer), accepted=False
    )
    return [_kept(row) for row in rows.order_by("-position")[:limit]]


def refused_count(*, by: Actor) -> int:
    """How many refused operations wait for this reader."""
    answer = Entry.objects.filter(corrects=OuterRef("id"), accepted=True)
    return Entry.objects.filter(
        policies.scope(by, READ).where("unit_id"), ~Exists(answer), accepted=False
    ).count()


def _kept(row: Entry) -> Kept:
    body = seal.read_envelope(bytes(row.body))
    return Kept(
        position=row.position, id=body.id, kind=body.kind, version=body.version, unit=body.unit,
        author=body.author, channel=body.channel, happened_on=body.happened_on,
        recorded_at=body.recorded_at, received_at=body.received_at, corrects=body.corrects,
        refusal=body.refusal, payload=_readable(body),
    )  # fmt: skip


def _readable(body: seal.Envelope) -> Any:
    """The payload as plain values, lifted to today's version where that is possible."""
    try:
        payload = KINDS.get(body.kind).decode(body.version, bytes(body.payload))
        return msgspec.to_builtins(payload)
    except Refusal:
        return msgspec.json.decode(bytes(body.payload))
