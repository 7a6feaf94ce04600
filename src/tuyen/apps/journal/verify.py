"""Prove the journal: walk the chain and name every entry that is not as it was sealed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from tuyen.apps.journal import seal, store
from tuyen.apps.journal.models import Head

_CHUNK = 5000
MAX_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed. ``what`` is a stable word, ``detail`` a sentence."""

    position: int
    what: str
    detail: str


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
    *, anchor: tuple[int, str] | None = None, progress: Callable[[int], None] | None = None
) -> Proof:
    """Check every entry against its seal, its columns against its body, and the head.

    ``anchor`` is a (position, digest) kept outside, by which a chain that was rewritten from some
    entry on is found out. One pass, constant memory.
    """
    head = Head.objects.get(pk=1)
    proof = Proof(head_position=head.position, head_digest=bytes(head.digest).hex())
    last, sealed = _walk(proof, anchor, progress)
    if last != head.position:
        proof.fault(last, "end", f"the journal ends at {last}, but its head says {head.position}")
    elif sealed != bytes(head.digest):
        proof.fault(last, "head", "the head's digest is not that of the last entry")
    if anchor is not None and anchor[0] > last:
        proof.fault(anchor[0], "end", f"the anchored entry {anchor[0]} is missing")
    return proof


def _walk(
    proof: Proof, anchor: tuple[int, str] | None, progress: Callable[[int], None] | None
) -> tuple[int, bytes]:
    last, sealed, recomputed = 0, seal.FIRST, seal.FIRST
    was_broken = False
    for position, body, digest, *columns in _rows():
        if position != last + 1:
            missing = f"{last + 1}" if position == last + 2 else f"{last + 1} to {position - 1}"
            proof.fault(last + 1, "missing", f"no entry {missing}")
        expected = seal.digest(sealed, position, body)
        broken = expected != digest
        if broken and not (was_broken and seal.digest(recomputed, position, body) == digest):
            proof.fault(position, "changed", f"entry {position} is not what was sealed")
        elif not broken and (wrong := _differs(body, columns)):
            proof.fault(position, "column", f"entry {position}: its {wrong} is not what was sealed")
        if anchor is not None and position == anchor[0] and digest.hex() != anchor[1]:
            proof.fault(position, "anchor", f"entry {position} is not the one anchored outside")
        last, sealed, recomputed, was_broken = position, digest, expected, broken
        proof.entries += 1
        if progress is not None and proof.entries % 50_000 == 0:
            progress(proof.entries)
    return last, sealed


def _rows() -> Iterator[tuple[Any, ...]]:
    """(position, body, digest, id, kind, unit, author, corrects, accepted, received_at), in order."""
    db = store.connection()
    sql = (
        "SELECT position, body, digest, id, kind, unit_id, author_id, corrects, accepted,"
        " received_at FROM journal_entry ORDER BY position"
    )
    with db.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_CHUNK):
            if db.vendor == "postgresql":
                yield from ((p, bytes(b), bytes(d), *rest) for p, b, d, *rest in rows)
            else:
                yield from rows


def _differs(body: bytes, columns: list[Any]) -> str:
    """The name of a column that does not repeat its body, or ''."""
    id, kind, unit, author, corrects, accepted, received_at = columns
    try:
        kept = seal.read_columns(body)
    except msgspec.DecodeError:
        return "body"
    if _hex(id) != kept.id.replace("-", ""):
        return "id"
    if kind != kept.kind[:60]:
        return "kind"
    if _hex(unit) != kept.unit.replace("-", ""):
        return "unit"
    if _hex(author) != (kept.author or "").replace("-", ""):
        return "author"
    if _hex(corrects) != (kept.corrects or "").replace("-", ""):
        return "correction"
    if bool(accepted) != (bytes(kept.refusal) == b"null"):
        return "outcome"
    if _instant(received_at) != _instant(kept.received_at):
        return "time of receipt"
    return ""


def _hex(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else value.hex


def _instant(value: Any) -> str:
    """UTC to the microsecond, as text. SQLite keeps text already; PostgreSQL gives a datetime."""
    if isinstance(value, datetime):
        value = value.isoformat()
    if value.endswith(("Z", "+00:00")) or len(value) <= 26:
        return (
            value.replace("T", " ")
            .removesuffix("Z")
            .removesuffix("+00:00")
            .ljust(20, ".")
            .ljust(26, "0")
        )
    return _instant(datetime.fromisoformat(value).astimezone(UTC).isoformat())
