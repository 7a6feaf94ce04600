"""Operations: the one shape in which every change enters, and the register of their kinds.

An operation is born at a door or on a tablet with its own id, so sending it twice is harmless.
A room declares its kinds here by two decorators and never meets the journal itself:

>>> @operation("demo.note", version=1, right="demo.write")
... class Note(Payload, frozen=True):
...     text: str
>>> Note.KIND.name, Note.KIND.version
('demo.note', 1)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from tuyen.kernel.ids import uuid7
from tuyen.kernel.refusal import N_, Refusal, StoredRefusal

MAX_PAYLOAD_BYTES = 256 * 1024
"""Longest payload of one operation: a reorganisation of a whole province in one decision is
about 80 kB; photographs travel apart."""


class UnknownKind(Refusal):
    code = "kernel.unknown-kind"
    message = N_("{kind} is not a kind of operation known here; update this program.")


class PayloadInvalid(Refusal):
    code = "kernel.payload-invalid"
    message = N_("{kind}: {what}")


class PayloadTooLong(Refusal):
    code = "kernel.payload-too-long"
    message = N_("{kind}: {size} bytes in one operation; at most {limit} are taken.")


class FromTheFuture(Refusal):
    code = "kernel.from-the-future"
    message = N_("{kind}, version {version}, is newer than this program, which knows {known}.")


class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What an operation says. Subclasses list their fields; unknown fields are refused.

    Like all that is made once for each operation, it is no work for the collector of cycles: it
    holds plain values, which make none.
    """

    KIND: ClassVar["Kind"]


P = TypeVar("P", bound=Payload)


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An operation on its way in. Who sent it is decided by the door, never by the sender.

    ``drill`` is the mark of one that was born in a drill and left it: reality never takes it.
    """

    id: UUID
    kind: str
    unit: UUID
    happened_on: date
    recorded_at: datetime
    payload: msgspec.Raw
    version: int = 1
    corrects: UUID | None = None
    drill: UUID | UnsetType = UNSET

    @classmethod
    def of(
        cls,
        payload: Payload,
        *,
        unit: UUID,
        happened_on: date,
        recorded_at: datetime,
        id: UUID | None = None,
        corrects: UUID | None = None,
    ) -> Self:
        """Wrap a typed payload; the id is made here unless the caller was given one."""
        return cls(
            id=id or uuid7(),
            kind=payload.KIND.name,
            version=payload.KIND.version,
            unit=unit,
            happened_on=happened_on,
            recorded_at=recorded_at,
            payload=msgspec.Raw(msgspec.json.encode(payload)),
            corrects=corrects,
        )


class Outcome(msgspec.Struct, frozen=True):
    """A refusal as it is stored in the journal and sent in a receipt."""

    code: str
    message: str
    values: dict[str, Any]

    @classmethod
    def of(cls, refusal: Refusal) -> "Outcome":
        return cls(**refusal.as_dict())

    def refusal(self) -> Refusal:
        return StoredRefusal(self.code, self.message, self.values)


class Receipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of one operation: ``accepted``, ``already-had`` or ``refused``.

    ``position`` is its place in the journal: proof that it is kept, whatever the outcome.
    """

    id: UUID
    status: str
    position: int
    refusal: Outcome | None = None

    @property
    def ok(self) -> bool:
        return self.status != "refused"


class Entry(msgspec.Struct, Generic[P], frozen=True, gc=False):
    """One operation as a service sees it: decoded, dated, and with its author.

    ``version`` is the one of its kind under which the journal keeps it. A check that came with a later
    version does not judge it: what was once accepted is accepted by every replay.
    """

    id: UUID
    payload: P
    unit: UUID
    author: UUID | None
    happened_on: date
    recorded_at: datetime
    received_at: datetime
    corrects: UUID | None = None
    version: int = 1


@dataclass(slots=True)
class Batch(Generic[P]):
    """A run of entries of one kind. A service refuses some of them and writes rows for the rest."""

    entries: Sequence[Entry[P]]
    refusals: dict[UUID, Refusal] = field(default_factory=dict)

    def refuse(self, entry: Entry[P], refusal: Refusal) -> None:
        """Set ``entry`` aside with a reason; the first reason given stands."""
        self.refusals.setdefault(entry.id, refusal)

    def accepted(self) -> Iterator[Entry[P]]:
        """The entries not refused so far, in order."""
        return (entry for entry in self.entries if entry.id not in self.refusals)


Apply = Callable[[Batch[Any]], None]
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
Reaction = Callable[[Sequence[Entry[Any]]], None]
Follow = Callable[[Sequence[Entry[Any]]], None]


@dataclass(slots=True)
class Kind:
    """One kind of operation: its payload, the right it takes, and the service that applies it."""

    name: str
    version: int
    right: str
    payload: type[Payload]
    apply: Apply | None = None
    upcasts: dict[int, Upcast] = field(default_factory=dict)
    reactions: list[Reaction] = field(default_factory=list)

    def decode(self, version: int, raw: bytes) -> Payload:
        """The payload as today's type, lifted step by step from the version it was written in."""
        if len(raw) > MAX_PAYLOAD_BYTES:
            raise PayloadTooLong(kind=self.name, size=len(raw), limit=MAX_PAYLOAD_BYTES)
        if version > self.version or version < 1:
            raise FromTheFuture(kind=self.name, version=version, known=self.version)
        try:
            if version == self.version:
                return msgspec.json.decode(raw, type=self.payload)
            values = msgspec.json.decode(raw, type=dict[str, Any])
            for step in range(version, self.version):
                values = self.upcasts[step](values)
            return msgspec.convert(values, self.payload)
        except (msgspec.DecodeError, KeyError, RecursionError, UnicodeDecodeError) as error:
            raise PayloadInvalid(kind=self.name, what=str(error)) from None


class Kinds:
    """The register of kinds, filled when rooms are loaded."""

    def __init__(self) -> None:
        self._by_name: dict[str, Kind] = {}

    def __iter__(self) -> Iterator[Kind]:
        return iter(sorted(self._by_name.values(), key=lambda kind: kind.name))

    def get(self, name: str) -> Kind:
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownKind(kind=name) from None

    def add(self, kind: Kind) -> None:
        held = self._by_name.get(kind.name)
        if held is not None and held.payload.__qualname__ != kind.payload.__qualname__:
            raise ValueError(f"two payloads for {kind.name}: {held.payload}, {kind.payload}")
        self._by_name[kind.name] = kind


KINDS = Kinds()


def operation(
    name: str, *, version: int, right: str, upcasts: dict[int, Upcast] | None = None
) -> Callable[[type[P]], type[P]]:
    """Declare the payload class of a kind of operation.

    ``upcasts[n]`` lifts the plain values of version n to version n + 1; every step from 1 up to
    ``version`` must be there, because the journal keeps what was written for ever.
    """
    missing = set(range(1, version)) - set(upcasts or {})
    if missing:
        raise ValueError(f"{name} has no upcast from version {min(missing)}")

    def declare(payload: type[P]) -> type[P]:
        payload.KIND = Kind(name, version, right, payload, upcasts=dict(upcasts or {}))
        KINDS.add(payload.KIND)
        return payload

    return declare


def applies(payload: type[P]) -> Callable[[Callable[[Batch[P]], None]], Callable[[Batch[P]], None]]:
    """Name the service that applies a kind: a function of a whole batch."""

    def declare(service: Callable[[Batch[P]], None]) -> Callable[[Batch[P]], None]:
        payload.KIND.apply = service
        return service

    return declare


@dataclass(frozen=True, slots=True)
class Follower:
    """What another room writes of its own when an operation of a kind is accepted."""

    room: str
    follow: Follow


FOLLOWERS: dict[str, list[Follower]] = {}
"""The followers of each kind, by the kind's name, in the order of their rooms' names."""


def follows(*kinds: str, room: str) -> Callable[[Follow], Follow]:
    """Name a function of ``room`` that is part of applying ``kinds`` of another room.

    Kinds are given by name, for the rooms stand side by side and do not import one another: the
    payload is read by the names of its fields. A follower runs in the transaction of the operation,
    after its service, with the accepted entries of a run; what it writes is rebuilt by a replay like
    all else. It cannot refuse: the operation is another room's, and what does not fit its own books
    it writes down as a difference. When it raises, the operation is set aside with everything else
    that it wrote.
    """

    def declare(follow: Follow) -> Follow:
        for kind in kinds:
            held = [
                f
                for f in FOLLOWERS.get(kind, [])
                if f.follow.__qualname__ != follow.__qualname__ or f.room != room
            ]
            FOLLOWERS[kind] = sorted([*held, Follower(room, follow)], key=lambda f: f.room)
        return follow

    return declare


Objection = Callable[[Batch[Any]], None]


@dataclass(frozen=True, slots=True)
class Objector:
    """What another room has to say before an operation of a kind is taken."""

    room: str
    judge: Objection


OBJECTORS: dict[str, list[Objector]] = {}
"""Who is heard before each kind, by the kind's name, in the order of their rooms' names."""


def objects_to(*kinds: str, room: str) -> Callable[[Objection], Objection]:
    """Name a function of ``room`` that is heard before ``kinds`` of another room are applied.

    Kinds are given by name and the payload is read by the names of its fields, as with
    :func:`follows`. The function reads its own room's rows, writes nothing, and refuses entries of
    the batch with refusals of its room; the kind's service never sees those. It is heard again by a
    replay, at the same place of the journal.
    """

    def declare(judge: Objection) -> Objection:
        for kind in kinds:
            held = [
                one
                for one in OBJECTORS.get(kind, [])
                if one.judge.__qualname__ != judge.__qualname__ or one.room != room
            ]
            OBJECTORS[kind] = sorted([*held, Objector(room, judge)], key=lambda one: one.room)
        return judge

    return declare


def reacts(*payloads: type[Payload]) -> Callable[[Reaction], Reaction]:
    """Name a function to be called after a commit, with the accepted entries of these kinds.

    It runs in its own transaction: what it does, it does through the journal, and its failure
    never undoes the commit it follows.
    """

    def declare(reaction: Reaction) -> Reaction:
        for payload in payloads:
            payload.KIND.reactions.append(reaction)
        return reaction

    return declare
