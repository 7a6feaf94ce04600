"""Claims built, judged and written down, many at a time: by this process, or by several.

What takes time is building and judging; it reads and writes nothing down, so processes do it side by
side and hand back what they found. Only this one writes, in the order in which visits ended.
"""

import gc
import multiprocessing
import threading
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connections

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import examining, judging, places
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.operations import Checked, RecordCheck
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.zone import VIETNAM

AT_ONCE = 500
CHECKS_AT_ONCE = 50
TO_CLOSE = ("open", "faulty")
PIECES_FOR_MANY = 4
"""From so many pieces on it is worth while to begin further processes."""


class Asked(NamedTuple):
    """A claim to be checked: what of its row the check needs."""

    id: UUID
    unit: UUID
    version: int
    changes: str


class Closed(NamedTuple):
    """What a closing came to."""

    checked: int
    ready: int
    faulty: int


class _Found(msgspec.Struct, frozen=True):
    """What was found of claims of a unit; goes from one process to another as bytes."""

    unit: UUID
    checked: tuple[Checked, ...]


def close(first: date, last: date, at: datetime, workers: int = 1) -> Closed:
    """Check every claim of visits that ended from ``first`` to ``last`` and is open or faulty."""
    rows = Claim.objects.filter(day__range=(first, last), state__in=TO_CLOSE)
    asked = _asked(rows)
    deque(_written(asked, at, workers), maxlen=0)  # written as it is gone through
    states = Claim.objects.filter(pk__among={one.id for one in asked}).values_list("state")
    told = [state for (state,) in fetch(states)]
    return Closed(len(asked), told.count("ready"), told.count("faulty"))


def check(ids: Collection[UUID], at: datetime) -> list[Receipt]:
    """Build and check open claims, and write down what was found."""
    return list(_written(_asked(Claim.objects.filter(pk__among=set(ids), state="open")), at, 1))


def _asked(rows: Any) -> list[Asked]:
    """In the order in which their visits ended."""
    told = rows.order_by("ended_at", "id").values_list("pk", "unit_id", "version", "changes")
    return [Asked(*row) for row in fetch(told)]


def _written(asked: list[Asked], at: datetime, workers: int) -> Iterator[Receipt]:
    """The receipts of what is written down, a piece at a time."""
    on = at.astimezone(VIETNAM).date()
    pieces = [asked[n : n + AT_ONCE] for n in range(0, len(asked), AT_ONCE)]
    for found in _judged(pieces, on, workers):
        operations = [
            Operation.of(
                RecordCheck(checked=one.checked[n : n + CHECKS_AT_ONCE]), unit=one.unit,
                happened_on=on, recorded_at=at,
            )
            for one in found
            for n in range(0, len(one.checked), CHECKS_AT_ONCE)
        ]  # fmt: skip
        if operations:
            yield from commit(by=Actor.program(on), operations=operations, at=at)


def _judged(pieces: list[list[Asked]], on: date, workers: int) -> Iterator[list[_Found]]:
    """What is found of each piece, in order. Further processes are copies of this one with their own
    way to the store; one that serves with several threads is not copied."""
    workers = min(workers, len(pieces))
    alone = workers < 2 or len(pieces) < PIECES_FOR_MANY or threading.active_count() > 1
    if alone or "fork" not in multiprocessing.get_all_start_methods():
        yield from (_examined(piece, on) for piece in pieces)
        return
    judging.checker().book(on)  # read once, by all
    places.atlas()
    connections.close_all()
    decode = msgspec.msgpack.Decoder(list[_Found]).decode
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        yield from map(decode, pool.map(_sent, ((piece, on) for piece in pieces)))


def _sent(given: tuple[list[Asked], date]) -> bytes:
    return msgspec.msgpack.encode(_examined(*given))


def _examined(some: Iterable[Asked], on: date) -> list[_Found]:
    changes = {one.id: one.changes for one in some}
    with _without_cycles():
        found = examining.examine(by=Actor.program(on), ids=changes, on=on, changes=changes)
        by_unit = defaultdict(list)
        for one in some:
            if one.id in found:
                by_unit[one.unit].append(examining.checked(one.id, one.version, found[one.id]))
    return [_Found(unit, tuple(held)) for unit, held in by_unit.items()]


@contextmanager
def _without_cycles() -> Iterator[None]:
    """What is built here has no cycles; looking for them costs a fifth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
