"""Prove the journal: walk the chain and name every entry that is not as it was sealed."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from django.db import transaction

from tuyen.apps.access import walls
from tuyen.apps.journal import seal, store

_CHUNK = 250
"""Rows at a time: so few that they stay in the processor's cache between reading and judging."""

MAX_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed. ``what`` is a stable word, ``detail`` a sentence."""

    position: int
    what: str
    detail: str


Row = tuple[int, bytes, bytes, str, str, str, str | None, str | None, bool, Any]
"""position, body, digest; then the columns that repeat the body: id, kind, unit, author, corrects
(ids as 32 hexadecimal digits), accepted, received_at."""


@dataclass(slots=True)
class Proof:
    """What a verification found. ``faults`` holds the first :data:`MAX_FAULTS` of them."""

    entries: int = 0
    head_position: int = 0
    head_digest: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults

    def fault(self, position: int, what: str, detail: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(position, what, detail))


@walls.whole("the proof of the journal")
def verify(
    *, anchors: Sequence[tuple[int, str]] = (), progress: Callable[[int], None] | None = None
) -> Proof:
    """Check every entry against its seal, its columns against its body, and the head.

    ``anchors`` are (position, digest) pairs kept outside, by which a chain that was rewritten from
    some entry on is found out. One pass, constant memory. What is committed meanwhile is left for
    the next time.
    """
    head, head_digest, end = _ends()
    proof = Proof(head_position=head, head_digest=head_digest.hex())
    walk = _Walk(proof, anchors)
    for rows in _chunks(end):
        before = proof.entries
        walk.take(rows)
        if progress is not None and before // 50_000 != proof.entries // 50_000:
            progress(proof.entries)
    if walk.last != head:
        proof.fault(walk.last, "end", f"the journal ends at {walk.last}, but its head says {head}")
    elif walk.sealed != head_digest:
        proof.fault(walk.last, "head", "the head's digest is not that of the last entry")
    for position in sorted(walk.anchors):
        if position > walk.last:
            proof.fault(position, "end", f"the anchored entry {position} is missing")
    return proof


class _Walk:
    """Where the walk along the chain stands: the last entry, its seal as kept and as computed."""

    def __init__(self, proof: Proof, anchors: Sequence[tuple[int, str]]) -> None:
        self.proof = proof
        self.anchors: dict[int, set[str]] = {}
        for position, digest in anchors:
            self.anchors.setdefault(position, set()).add(digest)
        if self.anchors.pop(0, {seal.FIRST.hex()}) != {seal.FIRST.hex()}:
            proof.fault(0, "anchor", "an empty journal is not the one anchored outside")
        self._anchored = sorted(self.anchors)
        self.last, self.sealed = 0, seal.FIRST
        self._recomputed, self._was_broken = seal.FIRST, False

    def take(self, rows: Sequence[Row]) -> None:
        """Go on over ``rows``: at a run where all is well, and one by one where it is not."""
        if self._all_sound(rows):
            self.last, self.sealed = rows[-1][0], rows[-1][2]
            self._recomputed, self._was_broken = self.sealed, False
            self.proof.entries += len(rows)
        else:
            for row in rows:
                self._judge(row)

    def _all_sound(self, rows: Sequence[Row]) -> bool:
        """Whether every row is the next one and as it was sealed. A million rows come by, so it
        works by columns, and says nothing of what is wrong."""
        if self._was_broken or self._holds_an_anchor(rows[0][0], rows[-1][0]):
            return False
        positions, bodies, seals, *columns = zip(*rows, strict=True)
        try:
            return (
                positions == tuple(range(self.last + 1, self.last + 1 + len(rows)))
                and seal.chain(self.sealed, positions[0], bodies) == list(seals)
                and _all_repeat(bodies, columns)
            )
        except (msgspec.DecodeError, TypeError):  # TypeError: a body or a seal that is not bytes
            return False

    def _holds_an_anchor(self, first: int, last: int) -> bool:
        at = bisect_left(self._anchored, first)
        return at < len(self._anchored) and self._anchored[at] <= last

    def _judge(self, row: Row) -> None:
        """Go on over one row, and name what is wrong with it."""
        position, body, digest, *columns = row
        if position != self.last + 1:
            gap = f"{self.last + 1}"
            gap += "" if position == self.last + 2 else f" to {position - 1}"
            self.proof.fault(self.last + 1, "missing", f"no entry {gap}")
        if not (isinstance(body, bytes) and isinstance(digest, bytes)):  # SQLite would keep text
            body, digest = _as_bytes(body), _as_bytes(digest)
            self.proof.fault(position, "changed", f"entry {position} is not kept as bytes")
        expected = seal.digest(self.sealed, position, body)
        broken = expected != digest
        follows = self._was_broken and seal.digest(self._recomputed, position, body) == digest
        if broken and not follows:
            self.proof.fault(position, "changed", f"entry {position} is not what was sealed")
        elif not broken and (wrong := _differs(body, columns)):
            self.proof.fault(
                position, "column", f"entry {position}: its {wrong} is not what was sealed"
            )
        if self.anchors.get(position, {digest.hex()}) != {digest.hex()}:
            detail = f"entry {position} is not the one anchored outside"
            self.proof.fault(position, "anchor", detail)
        self.last, self.sealed = position, digest
        self._recomputed, self._was_broken = expected, broken
        self.proof.entries += 1


def _ends() -> tuple[int, bytes, int]:
    """(position of the head, its digest, position of the last entry), all of one moment."""
    with store.connection().cursor() as cursor:
        cursor.execute(
            "SELECT position, digest, (SELECT MAX(position) FROM journal_entry)"
            " FROM journal_head WHERE id = 1"
        )
        position, digest, end = cursor.fetchone()
    return position, bytes(digest), end or 0


def _chunks(end: int) -> Iterator[Sequence[Row]]:
    """All rows up to a position, in order, some hundreds at a time."""
    db = store.connection()
    if db.vendor == "postgresql":
        yield from _chunks_of_postgresql(db, end)
        return
    # A plus in front of a column: as it is kept, whatever that is, and not read as a time.
    sql = _ROWS.format(*_IDS, "+accepted", "+received_at")
    with db.chunked_cursor() as cursor:
        cursor.execute(sql, [end])
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _chunks_of_postgresql(db: Any, end: int) -> Iterator[Sequence[Row]]:
    """In the driver's binary form, which takes a third of the time: bodies travel as they are.

    In a transaction, so that the server need not write the whole answer down first.
    """
    from psycopg import ServerCursor

    bare = [f"encode(uuid_send({name}), 'hex')" for name in _IDS]
    sql = _ROWS.format(*bare, "accepted", "received_at")
    with (
        transaction.atomic(using=store.alias()),
        ServerCursor(db.connection, "tuyen_verify") as cursor,
    ):
        cursor.execute(sql, [end], binary=True)
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


_IDS = ("id", "unit_id", "author_id", "corrects")
_ROWS = (
    "SELECT position, body, digest, {}, kind, {}, {}, {}, {}, {}"
    " FROM journal_entry WHERE position <= %s ORDER BY position"
)


def _all_repeat(bodies: Sequence[bytes], columns: Sequence[Sequence[Any]]) -> bool:
    """Whether :func:`_differs` is silent of every row: ids are compared one by one, and of the
    other columns, in which many rows have the same, each different pair once."""
    kept = list(map(seal.read_columns, bodies))
    ids, *rest = columns
    return [one.id.replace("-", "") for one in kept] == list(ids) and all(
        same(said, value)
        for (_, of, same), column in zip(_REPEATED, rest, strict=True)
        for said, value in set(zip(map(of, kept), column, strict=True))
    )


def _differs(body: bytes, columns: Sequence[Any]) -> str:
    """The name of a column that does not repeat its body, or ''."""
    id, *rest = columns
    try:
        kept = seal.read_columns(body)
    except msgspec.DecodeError:
        return "body"
    if id != _bare(kept.id):
        return "id"
    for (name, of, same), value in zip(_REPEATED, rest, strict=True):
        if not same(of(kept), value):
            return name
    return ""


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@lru_cache(maxsize=4096)
def _bare(id: str | None) -> str | None:
    """An id without its dashes."""
    return None if id is None else id.replace("-", "")


@lru_cache(maxsize=4096)
def _instant(value: Any) -> str:
    """UTC to the microsecond, as text: SQLite keeps text, PostgreSQL gives a datetime."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    plain = text.removesuffix("Z").removesuffix("+00:00")
    if plain[-6:-5] in ("+", "-"):  # another zone; else a digit or a colon stands here
        try:
            return _instant(datetime.fromisoformat(text).astimezone(UTC).isoformat())
        except (ValueError, OverflowError):  # not a time at all: like no other
            return text
    return plain.replace("T", " ").ljust(20, ".").ljust(26, "0")


def _same_id(said: str | None, value: Any) -> bool:
    return bool(_bare(said) == value)


_REPEATED: tuple[tuple[str, Callable[[seal.Columns], Any], Callable[[Any, Any], bool]], ...] = (
    ("kind", attrgetter("kind"), lambda said, value: said[:60] == value),
    ("unit", attrgetter("unit"), _same_id),
    ("author", attrgetter("author"), _same_id),
    ("correction", attrgetter("corrects"), _same_id),
    ("outcome", lambda kept: kept.refusal is None, lambda said, value: said == value),
    ("time of receipt", attrgetter("received_at"), lambda a, b: _instant(a) == _instant(b)),
)
"""The columns after the id: name in a fault, what the body says of it, whether the two agree."""
