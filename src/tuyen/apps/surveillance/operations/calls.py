"""What can be done to verify with a call: keep a unit's number, and write down what was said."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Line, Prose
from tuyen.kernel.operation import Payload, operation

PHONE = r"^(\+?[0-9][0-9 .()-]{2,28})?$"
"""A telephone number as people write it, or nothing."""
CallOutcome = Literal["real", "not-real", "unclear", "no-answer", "call-back"]


@operation("surveillance.keep_unit_phone", version=1, right="surveillance.alarm.triage")
class KeepUnitPhone(Payload, frozen=True, kw_only=True):
    """Keep the number on which the operation's unit is reached on business; an empty one takes it
    away. ``note`` says whom one reaches there: the duty room, the head of the station."""

    phone: Annotated[str, Meta(max_length=30, pattern=PHONE)]
    note: Line = ""


@operation("surveillance.log_call", version=1, right="surveillance.alarm.triage")
class LogCall(Payload, frozen=True, kw_only=True):
    """Write down a call about the signals of one subject in one commune, and what came of it.

    The operation's unit is the commune; ``subject`` is that of the signals ("disease:measles"),
    ``called`` the unit that was called. A call that was answered says what was told. It decides
    nothing: the signals are verified or dismissed by answers of their own.
    """

    subject: Annotated[str, Meta(pattern=r"^[a-z-]{1,20}:[a-z0-9-]{1,60}$")]
    called: UUID
    outcome: CallOutcome
    said: Prose = ""
