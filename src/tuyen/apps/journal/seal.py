"""The bytes of an entry, and the chain that seals them.

``digest[n] = SHA-256(digest[n-1] ‖ n as 8 bytes ‖ body[n])``, with 32 zero bytes before the first.
So a changed body, a removed, inserted or swapped entry breaks the chain where it happened.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from tuyen.kernel.operation import Outcome

FIRST = bytes(32)


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An operation as it is kept: what was sent, by whom, when it came, and what became of it.

    One that was kept in a drill carries the drill's mark for ever.
    """

    id: UUID
    kind: str
    version: int
    unit: UUID
    happened_on: date
    recorded_at: datetime
    received_at: datetime
    author: UUID | None
    channel: str
    corrects: UUID | None
    refusal: Outcome | None
    payload: msgspec.Raw
    drill: UUID | UnsetType = UNSET


class Columns(msgspec.Struct, frozen=True, gc=False):
    """The parts of an envelope that are repeated as columns, as text: cheap to decode a million
    times over, which is what ``verify`` does."""

    id: str
    kind: str
    unit: str
    received_at: str
    author: str | None
    corrects: str | None
    refusal: dict[str, Any] | None


encoder = msgspec.json.Encoder()
read_envelope = msgspec.json.Decoder(Envelope).decode
read_columns = msgspec.json.Decoder(Columns).decode


def digest(previous: bytes, position: int, body: bytes) -> bytes:
    """The seal of one entry."""
    return hashlib.sha256(previous + position.to_bytes(8, "big") + body).digest()


def chain(previous: bytes, position: int, bodies: Iterable[bytes]) -> list[bytes]:
    """The seals of entries that follow one another from ``position`` on."""
    sha256, seals = hashlib.sha256, []
    for at, body in enumerate(bodies, position):
        previous = sha256(previous + at.to_bytes(8, "big") + body).digest()
        seals.append(previous)
    return seals
