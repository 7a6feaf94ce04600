"""What can be done with teams, goods and bookings."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Line, Reason, Word
from tuyen.kernel.operation import Payload, operation

Name = Annotated[str, Meta(min_length=2, max_length=120)]
Phone = Annotated[str, Meta(max_length=40)]
Quantity = Annotated[int, Meta(ge=1, le=10_000_000)]
Note = Annotated[str, Meta(max_length=500)]
SubjectKind = Literal["alarm", "signal", "outbreak"]
_Told = dict[Annotated[str, Meta(max_length=30)], float | int | str]


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody of a team, with what they bring."""

    name: Name
    skills: Annotated[tuple[Word, ...], Meta(max_length=12)] = ()
    languages: Annotated[tuple[Annotated[str, Meta(max_length=20)], ...], Meta(max_length=10)] = ()
    phone: Phone = ""


class Away(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days on which a team cannot be sent, the last one included."""

    since: date
    until: date
    why: Line = ""


@operation("surveillance.set_team", version=1, right="surveillance.resource.edit")
class SetTeam(Payload, frozen=True, kw_only=True):
    """A rapid response team of the operation's unit as it is from now on. Without ``team`` it is a
    new one, whose id is the operation's; else the operation corrects it. ``days``: Monday is 1."""

    team: UUID | None = None
    name: Name
    stands: UUID | None = None
    members: Annotated[tuple[Member, ...], Meta(min_length=1, max_length=40)]
    contact: Annotated[str, Meta(min_length=3, max_length=200)]
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)] = (
        1, 2, 3, 4, 5, 6, 7,
    )  # fmt: skip
    away: Annotated[tuple[Away, ...], Meta(max_length=60)] = ()
    disbanded: bool = False


@operation("surveillance.set_resource", version=1, right="surveillance.resource.edit")
class SetResource(Payload, frozen=True, kw_only=True):
    """Keep a good at the operation's unit, of which ``minimum`` should always be there."""

    item: Word
    minimum: Annotated[int, Meta(ge=0, le=10_000_000)]


@operation("surveillance.receive_resource", version=1, right="surveillance.resource.edit")
class ReceiveResource(Payload, frozen=True, kw_only=True):
    """Goods that came in, with the paper they came with."""

    item: Word
    quantity: Quantity
    document: Line = ""


@operation("surveillance.move_resource", version=1, right="surveillance.resource.edit")
class MoveResource(Payload, frozen=True, kw_only=True):
    """Goods that the operation's unit gave to another."""

    item: Word
    quantity: Quantity
    to: UUID
    note: Note = ""


@operation("surveillance.count_resource", version=1, right="surveillance.resource.edit")
class CountResource(Payload, frozen=True, kw_only=True):
    """What was found on the shelf; a difference needs its reason."""

    item: Word
    counted: Annotated[int, Meta(ge=0, le=10_000_000)]
    note: Note = ""


class LotPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Vials of one lot of the stock."""

    lot: UUID
    vials: Annotated[int, Meta(ge=1, le=100_000)]


def _no_lots(old: dict[str, Any]) -> dict[str, Any]:
    """Version 2 may name lots of the stock; what version 1 booked came from the room's own shelf."""
    return old


@operation(
    "surveillance.book_response", version=2, right="surveillance.response.book",
    upcasts={1: _no_lots},
)  # fmt: skip
class BookResponse(Payload, frozen=True, kw_only=True):
    """Promise a team, or so much of a good, of the operation's unit to an alarm, signal or outbreak.

    ``commune``: where it goes, when the subject is about several. ``since`` to ``until`` are the
    days for which a team is bound. ``left`` is what was told of the cover left behind. ``lots``: of a
    vaccine that the stock keeps, which vials hold the ``quantity`` of doses; without them the good
    comes from this room's own shelf.
    """

    subject_kind: SubjectKind
    subject: UUID
    commune: UUID | None = None
    team: UUID | None = None
    item: Word = ""
    quantity: Quantity = 1
    since: date
    until: date
    left: Annotated[_Told, Meta(max_length=12)] = {}
    note: Note = ""
    lots: Annotated[tuple[LotPart, ...], Meta(max_length=50)] = ()


@operation("surveillance.arrive", version=1, right="surveillance.response.arrive")
class Arrive(Payload, frozen=True, kw_only=True):
    """What was booked has come; said by the unit it came from, or for the commune it came to."""

    booking: UUID
    arrived_at: datetime | None = None


@operation("surveillance.release_booking", version=1, right="surveillance.response.book")
class ReleaseBooking(Payload, frozen=True, kw_only=True):
    """End a booking: called off before it came, or done. Of goods, what was not ``used`` returns."""

    booking: UUID
    reason: Reason
    used: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
