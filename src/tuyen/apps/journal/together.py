"""Several senders in one durable transaction: what a hundred tablets bring at the same time.

A commit of thirty operations is mostly fixed cost: the lock, the flush to the disk, and a handful of
statements for each run of equal kinds. Senders that meet at the lock are therefore committed together,
their runs of one kind side by side, and each gets its own receipts once all is on the disk. For each
sender it is as if it had committed alone: its operations stay in its order, its rights are its own, and
what is wrong with it is its own.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from threading import Event, Lock
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import heads, services, store
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.turns import turn
from tuyen.kernel.operation import Entry, Kind, Operation, Receipt
from tuyen.kernel.refusal import Refusal

log = logging.getLogger("tuyen.journal")

MOST = 1000
"""Operations in one transaction of several senders; those that are over wait for the next."""

Applied = list[tuple[Kind, list[Entry[Any]]]]


@dataclass(slots=True)
class Share:
    """What one sender brings. ``before`` runs in the same transaction, ahead of the operations; when
    it raises a refusal, this sender's operations are not taken."""

    by: Actor
    operations: Sequence[Operation]
    before: Callable[[], None] | None = None
    receipts: list[Receipt] | None = None
    error: Exception | None = None
    ready: Event = field(default_factory=Event)


class Meeting:
    """Where senders of this process meet. Whoever comes to an empty place commits at once, alone;
    those who come while that lasts are committed together by the first of them, and so on."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._led = False
        self._waiting: deque[Share] = deque()

    def commit(self, share: Share) -> list[Receipt]:
        """Commit a share, perhaps with others; return its receipts once they are durable.

        Raises what ``share.before`` raised, or what the store did when the share was tried alone.
        """
        with self._lock:
            self._waiting.append(share)
            leads, self._led = not self._led, True
        if not leads:
            share.ready.wait()
        applied: Applied = []
        if share.receipts is None and share.error is None:
            try:
                applied = self._lead()
            finally:
                self._hand_on()
        services._react(applied)
        if share.error is not None:
            raise share.error
        assert share.receipts is not None
        return share.receipts

    def _lead(self) -> Applied:
        """Commit those who wait once it is our turn, and tell the others."""
        group: list[Share] = []

        def gathered() -> list[Share]:
            with self._lock:
                group.extend(_compatible(self._waiting))
            return group

        try:
            return _settled(gathered, self._now)
        finally:
            for other in group:
                if other.receipts is None and other.error is None:
                    other.error = RuntimeError("the commit was broken off")
                other.ready.set()

    def _hand_on(self) -> None:
        """The first of those who came meanwhile leads the next commit."""
        with self._lock:
            self._led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].ready.set()


def _compatible(waiting: deque[Share]) -> list[Share]:
    """Take from the front those that can be committed together; the others keep their places.

    One operation in two shares is two senders' word about one id: each must get its own answer.
    """
    group: list[Share] = []
    kept: list[Share] = []
    ids: set[UUID] = set()
    while waiting:
        share = waiting.popleft()
        mine = {operation.id for operation in share.operations}
        if group and (not ids.isdisjoint(mine) or len(ids) + len(mine) > MOST):
            kept.append(share)
        else:
            group.append(share)
            ids |= mine
    waiting.extend(kept)
    return group


def _settled(gathered: Callable[[], list[Share]], now: Callable[[], datetime]) -> Applied:
    """Give every share of a group its receipts or its error. A group that fails as a whole is tried
    again one by one, so that no sender suffers for another; not when the store itself is away."""
    group: list[Share] = []

    def first() -> list[Share]:
        group.extend(gathered())
        return group

    try:
        return commit_together(first, now)
    except services.Failed:
        group = group or gathered()
        if len(group) == 1:
            return commit_together(lambda: group, now, careful=True)
        log.warning("%d senders are committed one by one: a service failed", len(group))
    except Exception as error:
        group = group or gathered()
        if len(group) == 1 or isinstance(error, OperationalError):
            for share in group:
                share.receipts, share.error = None, error
            return []
        log.warning("%d senders are committed one by one: %s", len(group), error)
    applied: Applied = []
    for share in group:
        share.receipts = share.error = None
        applied += _settled(lambda share=share: [share], now)  # type: ignore[misc]
    return applied


def commit_together(
    gathered: Callable[[], Sequence[Share]], now: Callable[[], datetime], *, careful: bool = False
) -> Applied:
    """Commit the operations of several senders in one durable transaction.

    ``gathered`` is asked for them once the head is ours: those who came while we waited are in it.
    Sets each share's ``receipts``, or its ``error`` where ``before`` refused, after the transaction
    is durable and never before. Returns what was accepted, for the rooms that react. No two shares
    may hold the same operation. A service that fails undoes the whole unless it is ``careful``
    (:class:`services.Failed`).
    """
    refused: list[tuple[Share, Refusal]] = []
    taken: list[Share] = []
    with turn(), guard.opened("journal"), transaction.atomic(using=store.alias(), durable=True):
        head = heads.locked()
        for share in gathered():
            try:
                if share.before is not None:
                    share.before()
                taken.append(share)
            except Refusal as refusal:
                refused.append((share, refusal))
        work = _Shared(taken, now(), head, careful)
        work.take(merged([share.operations for share in taken]))
        answers = [[work.receipts[o.id] for o in share.operations] for share in taken]
    for share, why in refused:
        share.error = why
    for share, receipts in zip(taken, answers, strict=True):
        share.receipts = receipts
    return work.applied


class _Shared(services._Commit):
    """One commit of several senders: each operation is admitted and kept in its sender's name."""

    def __init__(self, shares: Sequence[Share], at: datetime, head: Head, careful: bool) -> None:
        program = Actor.program(at.date())  # speaks for none of them: each operation has its sender
        super().__init__(shares[0].by if shares else program, at, head, careful)
        self._senders = {
            operation.id: share.by for share in shares for operation in share.operations
        }
        self._scopes_of: dict[int, Any] = {}

    def _admit(self, operation: Operation) -> Entry[Any]:
        self._as_sender_of(operation)
        return super()._admit(operation)

    def _keep(self, operation: Operation, payload: Any, refusal: Refusal | None) -> None:
        self._as_sender_of(operation)
        super()._keep(operation, payload, refusal)

    def _as_sender_of(self, operation: Operation) -> None:
        self.by = self._senders[operation.id]
        self._scopes = self._scopes_of.setdefault(id(self.by), {})


def merged(shares: Sequence[Sequence[Operation]]) -> list[Operation]:
    """The operations of all shares, each share in its own order, runs of equal kinds side by side.

    At each step one kind is taken from all that have it next: that of the shares with the most still
    to come, for it is those that make the whole long. Shuffled lists of 18 runs from each of eight
    become about 40 runs in place of 146.
    """
    waiting = [
        deque(list(run) for _, run in groupby(operations, key=lambda operation: operation.kind))
        for operations in shares
        if operations
    ]
    found: list[Operation] = []
    while waiting:
        following: Counter[str] = Counter()
        for runs in waiting:
            following[runs[0][0].kind] += len(runs) ** 2
        kind = max(following, key=lambda name: following[name])  # of equals, the first that is met
        for runs in waiting:
            if runs[0][0].kind == kind:
                found += runs.popleft()
        waiting = [runs for runs in waiting if runs]
    return found
