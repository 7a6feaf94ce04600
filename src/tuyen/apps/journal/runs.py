"""What rooms remember of each other while a run of operations is applied.

All that a run of one kind asks of a room that it does not write stays as it is until the run is over:
commits take turns. So a visit need not ask twice for the map. What the run does write, its own room and
those that follow it, is never remembered.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
K = TypeVar("K")


class _Run:
    def __init__(self, writes: frozenset[str]) -> None:
        self.writes = writes
        self.known: dict[tuple[str, str], Any] = {}


_RUN: ContextVar[_Run | None] = ContextVar("tuyen_run", default=None)


@contextmanager
def writing(rooms: Iterable[str]) -> Iterator[None]:
    """Apply a run that writes these rooms' tables, and no other's."""
    token = _RUN.set(_Run(frozenset(rooms)))
    try:
        yield
    finally:
        _RUN.reset(token)


def once(room: str, what: str, read: Callable[[], T]) -> T:
    """What ``read`` tells of a room; asked once in a run that leaves the room as it is."""
    run = _RUN.get()
    if run is None or room in run.writes:
        return read()
    if (room, what) not in run.known:
        run.known[room, what] = read()
    found: T = run.known[room, what]
    return found


def each(
    room: str, what: str, ids: Collection[K], read: Callable[[Collection[K]], Mapping[K, T]]
) -> dict[K, T]:
    """What ``read`` tells of each id; of those that were asked for before in the run, from memory."""
    run = _RUN.get()
    if run is None or room in run.writes:
        return dict(read(ids))
    known: dict[K, T] = run.known.setdefault((room, what), {})
    missing = [id for id in ids if id not in known]
    if missing:
        known |= read(missing)
    return {id: known[id] for id in ids}
