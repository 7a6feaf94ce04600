"""Somebody sent here by others, or expected on a day that others agreed; what becomes of it, and the
note that goes back."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.clinical.operations.words import Line, Moment, Note, Text
from tuyen.kernel.operation import Payload, operation

Kind = Literal["referral", "appointment"]
State = Literal["waiting", "kept", "withdrawn"]


class Sent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What another facility told: of a referral the day it was written, of an appointment its day.

    ``source``: what the other system calls it. ``apart``: why would tell what stands apart.
    """

    kind: Kind
    person: UUID
    on: date
    at: Moment | None = None
    from_name: Line = ""
    reason: Annotated[str, Meta(max_length=1000)] = ""
    urgent: bool = False
    source: Line = ""
    apart: bool = False


@operation("clinical.receive_patient", version=1, right="clinical.visit.record")
class ReceivePatient(Payload, frozen=True, kw_only=True):
    """Note that somebody is sent here, or has an appointment here that others made. The operation's
    unit is the one that expects the person."""

    sent: Sent


@operation("clinical.change_coming", version=1, right="clinical.visit.record")
class ChangeComing(Payload, frozen=True, kw_only=True):
    """Say anew what others told, all of it, and how it stands with them: it waits, took place (kept),
    or was taken back (withdrawn)."""

    coming: UUID
    state: State
    sent: Sent
    reason: Note = ""


@operation("clinical.answer_coming", version=1, right="clinical.visit.record")
class AnswerComing(Payload, frozen=True, kw_only=True):
    """The return note: what was found and done here of somebody who was referred. The first stands."""

    coming: UUID
    on: date
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    diagnosis: Line = ""
    treatment: Text = ""
