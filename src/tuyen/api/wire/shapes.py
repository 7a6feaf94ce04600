"""The shapes of the tablet's protocol, by version. ``tests/unit/api`` pins each to its version.

No tablet in the field speaks versions 2 and 3. They are here so that what must work on the day
of the first upgrade, translation and the matrix of versions, works before it.
"""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

Units = dict[str, list[UUID]]


class EnrolIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code, and the public half (Ed25519, hexadecimal) of a key made on the device."""

    code: str
    key: str
    label: str


class EnrolOut(msgspec.Struct, frozen=True):
    """The device's id, and the server's public key by which it knows true answers."""

    device: UUID
    server_key: str
    epoch: UUID
    protocol: int
    user: str


class PullIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the device stands: the last cursor it was given, or nothing at first."""

    cursor: str = ""


class ObeyedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: str


class ObeyedOut(msgspec.Struct, frozen=True):
    noted: str


class Why(msgspec.Struct, frozen=True):
    """Why an operation was refused: code, template, values, and the sentence to show."""

    code: str
    message: str
    values: dict[str, Any]
    sentence: str


class ReceiptOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one line of a push; ``index`` is its place, from 0.

    ``digest`` is SHA-256 of the line as sent: a receipt is for that and for nothing else.
    ``status`` is accepted, already-had, refused (kept at the server), unreadable (kept nowhere
    but on the device), or deferred (not taken today).
    """

    index: int
    id: UUID | None
    status: str
    digest: str = ""
    refusal: Why | None = None


class PushOut(msgspec.Struct, frozen=True):
    """``day`` is the server's, and ``keep_days`` how long confirmed operations are kept by it."""

    epoch: UUID
    protocol: int
    receipts: list[ReceiptOut]
    order: str
    notice: str
    day: date
    keep_days: int


class PushOut3(msgspec.Struct, frozen=True):
    """Versions 2 and 3 were not told how long to keep what was confirmed: they keep it for ever."""

    epoch: UUID
    protocol: int
    receipts: list[ReceiptOut]
    order: str
    notice: str


class DocumentOut(msgspec.Struct, frozen=True):
    """A record to hold, on account of ``units``; it replaces an earlier one of its kind and id."""

    kind: str
    id: UUID
    units: tuple[UUID, ...]
    body: Any


class PullOut(msgspec.Struct, frozen=True):
    """A page. ``filling`` until the units gained are complete; ``more``: ask again at once."""

    epoch: UUID
    protocol: int
    cursor: str
    documents: list[DocumentOut]
    gone: list[tuple[str, UUID]]
    gained: Units
    dropped: Units
    filling: bool
    more: bool
    notice: str
    day: date
    keep_days: int


class PullOut3(msgspec.Struct, frozen=True):
    """As :class:`PushOut3`."""

    epoch: UUID
    protocol: int
    cursor: str
    documents: list[DocumentOut]
    gone: list[tuple[str, UUID]]
    gained: Units
    dropped: Units
    filling: bool
    more: bool
    notice: str


SHAPES: dict[int, dict[str, type]] = {
    4: {"push": PushOut, "pull": PullOut},
    3: {"push": PushOut3, "pull": PullOut3},
    2: {"push": PushOut3, "pull": PullOut3},
}
"""The answers of each version that is served. Version 2 has no digests in receipts."""


def pushed_in(version: int, answer: PushOut) -> PushOut | PushOut3:
    """The answer to a push as a version expects it; one too old to be served still sends."""
    if version >= 4:
        return answer
    receipts = answer.receipts
    if version < 3:
        receipts = [msgspec.structs.replace(receipt, digest="") for receipt in receipts]
    return PushOut3(answer.epoch, answer.protocol, receipts, answer.order, answer.notice)


def pulled_in(version: int, answer: PullOut) -> PullOut | PullOut3:
    """The answer to a pull as a version expects it."""
    if version >= 4:
        return answer
    return PullOut3(
        answer.epoch, answer.protocol, answer.cursor, answer.documents, answer.gone, answer.gained,
        answer.dropped, answer.filling, answer.more, answer.notice,
    )  # fmt: skip
