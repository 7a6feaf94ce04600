"""Prove the journal: walk the chain and name every entry that is not as it was sealed."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from tuyen.apps.journal import seal, store

_CHUNK = 2000
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
        """Whether every row is the next one and as it was sealed. It runs a million times, so it
        calls little and keeps nothing."""
        if self._was_broken or self._holds_an_anchor(rows[0][0], rows[-1][0]):
            return False
        position, sealed = self.last, self.sealed
        digest, read = seal.digest, seal.read_columns
        try:
            for at, body, kept_seal, id, kind, unit, author, corrects, accepted, moment in rows:
                position += 1
                sealed = digest(sealed, position, body)
                if at != position or sealed != kept_seal:
                    return False
                kept = read(body)
                if (
                    kept.id.replace("-", "") != id
                    or kept.kind[:60] != kind
                    or _bare(kept.unit) != unit
                    or _bare(kept.author) != author
                    or _bare(kept.corrects) != corrects
                    or (kept.refusal is None) != accepted
                    or _instant(kept.received_at) != _instant(moment)
                ):
                    return False
        except (msgspec.DecodeError, TypeError):  # TypeError: a body or a seal that is not bytes
            return False
        return True

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
    """All rows up to a position, in order, some thousands at a time."""
    db = store.connection()
    ids = ("id", "unit_id", "author_id", "corrects")
    id, unit, author, corrects = (
        [f"replace({name}::text, '-', '')" for name in ids] if db.vendor == "postgresql" else ids
    )
    sql = (  # the names are constants of this function
        f"SELECT position, body, digest, {id}, kind, {unit}, {author}, {corrects}, accepted,"  # noqa: S608
        " received_at FROM journal_entry WHERE position <= %s ORDER BY position"
    )
    with db.chunked_cursor() as cursor:
        cursor.execute(sql, [end])
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _differs(body: bytes, columns: Sequence[Any]) -> str:
    """The name of a column that does not repeat its body, or ''."""
    id, kind, unit, author, corrects, accepted, received_at = columns
    try:
        kept = seal.read_columns(body)
    except msgspec.DecodeError:
        return "body"
    if id != _bare(kept.id):
        return "id"
    if kind != kept.kind[:60]:
        return "kind"
    if unit != _bare(kept.unit):
        return "unit"
    if author != _bare(kept.author):
        return "author"
    if corrects != _bare(kept.corrects):
        return "correction"
    if accepted != (kept.refusal is None):
        return "outcome"
    if _instant(received_at) != _instant(kept.received_at):
        return "time of receipt"
    return ""


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@lru_cache(maxsize=4096)
def _bare(id: str | None) -> str | None:
    """An id without its dashes."""
    return None if id is None else id.replace("-", "")


@lru_cache(maxsize=4096)
def _instant(value: Any) -> str:
    """UTC to the microsecond, as text. SQLite keeps text already; PostgreSQL gives a datetime."""
    if isinstance(value, datetime):
        value = value.isoformat()
    plain = value.removesuffix("Z").removesuffix("+00:00")
    if plain[-6] in "+-":  # another zone; in a time without one, a digit or a colon stands here
        return _instant(datetime.fromisoformat(value).astimezone(UTC).isoformat())
    return plain.replace("T", " ").ljust(20, ".").ljust(26, "0")
