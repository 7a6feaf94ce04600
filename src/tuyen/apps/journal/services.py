"""The one door through which domain rows are written."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from msgspec import UNSET

from tuyen.apps.access import guard, policies, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import bulk, heads, runs, seal, store
from tuyen.apps.journal.models import Entry as EntryRow
from tuyen.apps.journal.models import Head, Revision
from tuyen.apps.journal.operations import DeclareDrill, DeclareRestored, WithdrawRefused
from tuyen.apps.journal.queries import CORRECTIONS
from tuyen.kernel.operation import (
    FOLLOWERS,
    KINDS,
    OBJECTORS,
    Batch,
    Entry,
    Kind,
    Operation,
    Outcome,
    Receipt,
    applies,
)
from tuyen.kernel.refusal import N_, Refusal

log = logging.getLogger("tuyen.journal")

_COLUMNS = (
    "position", "id", "kind", "unit_id", "author_id", "corrects",
    "accepted", "received_at", "body", "digest",
)  # fmt: skip


class IdReused(Refusal):
    code = "journal.id-reused"
    message = N_("Operation {id} was sent before with other content; send the change as a new one.")


class SetAside(Refusal):
    code = "journal.set-aside"
    message = N_(
        "The program failed on this operation and set it aside (incident {incident});"
        " it is kept, and can be sent again once the fault is mended."
    )


class NotAsOne(Refusal):
    code = "journal.not-as-one"
    message = N_(
        "It was sent together with {other}, which was refused; so nothing of both was done."
        " Correct that, and send both again."
    )


class NothingToWithdraw(Refusal):
    code = "journal.nothing-to-withdraw"
    message = N_("{id} is not a refused operation that is still open.")


class NotByHand(Refusal):
    code = "journal.not-by-hand"
    message = N_("Only the program itself declares that a backup was restored or a drill begun.")


def commit(
    *, by: Actor, operations: Sequence[Operation], at: datetime, react: bool = True,
    as_one: bool = False,
) -> list[Receipt]:  # fmt: skip
    """Apply ``operations`` in order and keep every one of them; return one receipt each.

    One transaction, made durable before this returns. Each operation is decoded, authorised, and
    handed with its neighbours of the same kind to the room's service. A refused one is kept with
    its reason and the others go on. Sending an operation again changes nothing.

    Commits are serialised by the lock on the head row: the order of the journal is the order in
    which services saw the tables, which is what makes :mod:`replay` exact.

    ``at`` is the server's time of receipt, from the door's clock. With ``react`` false the rooms
    are not told afterwards: for loading history, whose alarms were raised in its own time. With
    ``as_one`` the operations stand or fall as one: where one is refused none of the others is
    done, and each is kept with that as its reason (a child's record and its birth).
    """
    try:
        # Services hardly ever fail: most commits need no place to go back to but their beginning.
        work = _taken(by, operations, at, as_one=as_one, careful=False)
    except Failed:
        work = _taken(by, operations, at, as_one=as_one, careful=True)
    if react:
        _react(work.applied)
    return [work.receipts[operation.id] for operation in operations]


def _taken(
    by: Actor, operations: Sequence[Operation], at: datetime, *, as_one: bool, careful: bool
) -> "_Commit":
    """One transaction, made durable. One that is not ``careful`` is undone as a whole by a service
    that fails, and leaves no trace."""
    with guard.opened("journal"), transaction.atomic(using=store.alias(), durable=True):
        work = _Commit(by, at, heads.locked(), careful)
        work.take(operations, as_one=as_one)
        return work


class Failed(Exception):
    """A service failed within a commit, which is to be taken from its beginning with more care."""


class _Undone(Exception):
    """One of operations that stand or fall as one was refused."""


class _Commit:
    """One call of :func:`commit`, while it lasts."""

    def __init__(self, by: Actor, at: datetime, head: Head, careful: bool = True) -> None:
        world.check(head.drill)  # reality's program on a drill's store, or the other way round
        self.by, self.at, self.head, self.careful = by, at, head, careful
        self.receipts: dict[UUID, Receipt] = {}
        self.applied: list[tuple[Kind, list[Entry[Any]]]] = []
        self._scopes: dict[str, policies.Scope] = {}
        self._rows: list[tuple[Any, ...]] = []

    def take(self, operations: Sequence[Operation], *, as_one: bool = False) -> None:
        for mark in {operation.drill for operation in operations} - {UNSET, self.head.drill}:
            world.check(mark or None)  # not even kept as refused: nothing of it stays here
        fresh = self._without_known(operations)
        if as_one and len(fresh) > 1:
            self._take_as_one(fresh)
        else:
            self._take_runs(fresh)
        if self._rows:
            bulk.insert(EntryRow, _COLUMNS, self._rows)
            head = (self.head.pk, self.head.epoch, self.head.position, self.head.digest)
            bulk.put(Head, ("id", "epoch", "position", "digest"), [head])

    def _take_runs(self, fresh: list[Operation]) -> None:
        for _, run in groupby(fresh, key=lambda operation: operation.kind):
            self._take_run(list(run))

    def _take_as_one(self, fresh: list[Operation]) -> None:
        """All of them, or none: what was written is taken back by the store itself."""
        head = self.head.position, self.head.digest
        rows, applied = len(self._rows), len(self.applied)
        try:
            with transaction.atomic(using=store.alias()):
                self._take_runs(fresh)
                if any(self.receipts[operation.id].refusal for operation in fresh):
                    raise _Undone
        except _Undone:
            self.head.position, self.head.digest = head
            del self._rows[rows:], self.applied[applied:]
            told = {operation.id: self.receipts[operation.id].refusal for operation in fresh}
            first = next(id for id, outcome in told.items() if outcome is not None)
            for operation in fresh:
                outcome = told[operation.id]
                refusal = outcome.refusal() if outcome else NotAsOne(other=first)
                self._keep(operation, _decoded(operation), refusal)

    def _without_known(self, operations: Sequence[Operation]) -> list[Operation]:
        """Answer what the journal already has; return the rest, each id once."""
        known = heads.known([operation.id for operation in operations])
        fresh: dict[UUID, Operation] = {}
        for operation in operations:
            if row := known.get(operation.id):
                self.receipts[operation.id] = _again(operation, row)
            else:
                fresh.setdefault(operation.id, operation)
        return list(fresh.values())

    def _take_run(self, run: list[Operation]) -> None:
        entries: list[Entry[Any]] = []
        refusals: dict[UUID, Refusal] = {}
        with runs.writing(_rooms(run[0].kind)):
            for operation in run:
                try:
                    entries.append(self._admit(operation))
                except Refusal as refusal:
                    refusals[operation.id] = refusal
            if entries:
                kind = KINDS.get(run[0].kind)
                refusals |= apply_run(kind, entries, careful=self.careful)
        if entries:
            accepted = [entry for entry in entries if entry.id not in refusals]
            if accepted:
                touch(kind, accepted[-1].id)
                self.applied.append((kind, accepted))
        decoded = {entry.id: entry.payload for entry in entries}
        for operation in run:
            self._keep(operation, decoded.get(operation.id), refusals.get(operation.id))

    def _admit(self, operation: Operation) -> Entry[Any]:
        """Decode and authorise one operation, or raise the refusal."""
        kind = KINDS.get(operation.kind)
        if kind.right not in self._scopes:
            self._scopes[kind.right] = policies.scope(self.by, kind.right)
        if not self._scopes[kind.right].covers(operation.unit):
            raise policies.NotAllowed(right=kind.right)
        return Entry(
            id=operation.id,
            payload=kind.decode(operation.version, bytes(operation.payload)),
            unit=operation.unit,
            author=self.by.user,
            happened_on=operation.happened_on,
            recorded_at=operation.recorded_at,
            received_at=self.at,
            corrects=operation.corrects,
            version=kind.version,
        )

    def _keep(self, operation: Operation, payload: Any, refusal: Refusal | None) -> None:
        outcome = Outcome.of(refusal) if refusal else None
        kind = payload.KIND if payload is not None else None
        envelope = seal.Envelope(
            id=operation.id,
            kind=operation.kind,
            version=kind.version if kind else operation.version,
            unit=operation.unit,
            happened_on=operation.happened_on,
            recorded_at=operation.recorded_at,
            received_at=self.at,
            author=self.by.user,
            channel=self.by.channel,
            corrects=operation.corrects,
            refusal=outcome,
            payload=_canonical(operation, payload),
            drill=UNSET if self.head.drill is None else self.head.drill,
        )
        body = seal.encoder.encode(envelope)
        self.head.position += 1
        self.head.digest = seal.digest(bytes(self.head.digest), self.head.position, body)
        self._rows.append(
            (self.head.position, operation.id, operation.kind[:60], operation.unit, self.by.user,
             operation.corrects, outcome is None, self.at, body, self.head.digest)
        )  # fmt: skip
        status = "refused" if outcome else "accepted"
        self.receipts[operation.id] = Receipt(
            id=operation.id, status=status, position=self.head.position, refusal=outcome
        )


def apply_run(
    kind: Kind, entries: list[Entry[Any]], *, careful: bool = True
) -> dict[UUID, Refusal]:
    """Give a run to its room's service; return the refusals by entry id.

    A service that fails on a batch is undone and asked again one entry at a time, so that one
    bad entry never takes its neighbours with it.
    """
    if kind.apply is None:
        raise RuntimeError(f"{kind.name} has no service: its room is not loaded")
    try:
        with transaction.atomic(using=store.alias()) if careful else nullcontext():
            heard = _hear(kind, entries)
            batch: Batch[Any] = Batch(list(heard.accepted()) if heard.refusals else entries)
            if batch.entries:
                kind.apply(batch)
                _follow(kind, batch)
    except Exception as error:
        if not careful:
            raise Failed from error
        if len(entries) > 1:
            alone = [apply_run(kind, [entry]) for entry in entries]
            return {id: refusal for found in alone for id, refusal in found.items()}
        return {entries[0].id: _set_aside(kind, entries[0], error)}
    return heard.refusals | batch.refusals


def _hear(kind: Kind, entries: list[Entry[Any]]) -> Batch[Any]:
    """What other rooms object to of a run, before the room's own service sees it."""
    heard: Batch[Any] = Batch(entries)
    for objector in OBJECTORS.get(kind.name, ()):
        objector.judge(heard)
    return heard


def _follow(kind: Kind, batch: Batch[Any]) -> None:
    """Let the rooms that follow this kind write what is theirs of it, in the same transaction."""
    followers = FOLLOWERS.get(kind.name, ())
    accepted = list(batch.accepted()) if followers else []
    for follower in followers if accepted else ():
        follower.follow(accepted)


def touch(kind: Kind, entry: UUID) -> None:
    """Mark the rooms that ``kind`` writes to as changed by ``entry``: caches of them are stale."""
    bulk.put(Revision, ("room", "entry_id"), [(room, entry) for room in _rooms(kind.name)])


def _rooms(kind: str) -> list[str]:
    """The rooms whose tables a kind of operation writes: its own, and those that follow it."""
    return sorted({kind.partition(".")[0], *(f.room for f in FOLLOWERS.get(kind, ()))})


@applies(WithdrawRefused)
def withdraw(batch: Batch[WithdrawRefused]) -> None:
    """Withdrawing writes no row: the journal entry itself, which names what it corrects, closes it."""
    wanted = {entry.payload.refused for entry in batch.entries}
    refused = set(
        EntryRow.objects.filter(id__in=wanted, accepted=False).values_list("id", flat=True)
    )
    closed = set(
        EntryRow.objects.filter(CORRECTIONS, corrects__in=wanted, accepted=True).values_list(
            "corrects", flat=True
        )
    )
    for entry in batch.entries:
        target = entry.payload.refused
        if target not in refused - closed or entry.corrects != target:
            batch.refuse(entry, NothingToWithdraw(id=target))
        closed.add(target)


@applies(DeclareRestored)
def declare_restored(batch: Batch[DeclareRestored]) -> None:
    """The entry itself is the declaration; nobody but the program may make it."""
    for entry in batch.entries:
        if entry.author is not None:
            batch.refuse(entry, NotByHand())


@applies(DeclareDrill)
def declare_drill(batch: Batch[DeclareDrill]) -> None:
    """The entry itself is the declaration; nobody but the program that made the copy writes it."""
    for entry in batch.entries:
        if entry.author is not None:
            batch.refuse(entry, NotByHand())


def _again(operation: Operation, row: heads.Known) -> Receipt:
    """The receipt of an operation that the journal already has."""
    kept = seal.read_envelope(bytes(row.body))
    same = (kept.kind, kept.unit, kept.happened_on) == (
        operation.kind, operation.unit, operation.happened_on,
    )  # fmt: skip
    if not same or not _same_payload(operation, kept):
        outcome = Outcome.of(IdReused(id=operation.id))
        return Receipt(id=row.id, status="refused", position=row.position, refusal=outcome)
    status = "refused" if kept.refusal else "already-had"
    return Receipt(id=row.id, status=status, position=row.position, refusal=kept.refusal)


def _same_payload(operation: Operation, kept: seal.Envelope) -> bool:
    """Equal as values: a client may write the same payload with its keys in another order."""
    if bytes(operation.payload) == bytes(kept.payload):
        return True
    try:
        kind = KINDS.get(operation.kind)
        sent = kind.decode(operation.version, bytes(operation.payload))
        return sent == kind.decode(kept.version, bytes(kept.payload))
    except Refusal:
        return False


def _decoded(operation: Operation) -> Any:
    """The payload of an operation; None where it is none of its kind."""
    try:
        return KINDS.get(operation.kind).decode(operation.version, bytes(operation.payload))
    except Refusal:
        return None


def _canonical(operation: Operation, payload: Any) -> msgspec.Raw:
    """The payload in today's field order; as it came, or as quoted text, when undecodable."""
    if payload is not None:
        return msgspec.Raw(seal.encoder.encode(payload))
    raw = bytes(operation.payload)
    try:
        msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return msgspec.Raw(seal.encoder.encode(raw[:4096].decode("utf-8", "replace")))
    return msgspec.Raw(raw) if len(raw) <= 256 * 1024 else msgspec.Raw(b'"(too long to keep)"')


def _set_aside(kind: Kind, entry: Entry[Any], error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    incident = uuid4().hex[:8]
    log.error("incident %s: %s %s", incident, kind.name, entry.id, exc_info=error)
    return SetAside(incident=incident)


def _react(applied: Iterable[tuple[Kind, list[Entry[Any]]]]) -> None:
    """Tell the rooms that asked, each once, what was accepted. A failure is theirs alone."""
    told: dict[Any, list[Entry[Any]]] = {}
    for kind, entries in applied:
        for reaction in kind.reactions:
            told.setdefault(reaction, []).extend(entries)
    for reaction, entries in told.items():
        try:
            reaction(entries)
        except Exception:
            log.exception("a reaction to %d entries failed: %s", len(entries), reaction.__name__)
