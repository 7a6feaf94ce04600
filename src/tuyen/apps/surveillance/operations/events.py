"""What can be done about an event signal: told, screened, verified, assessed; and silence."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Line, Prose, Reason, Word
from tuyen.kernel.operation import Payload, operation

Source = Literal["village", "facility", "gate", "school", "media", "animal-health"]
Screened = Literal["relevant", "discarded", "duplicate"]
Verified = Literal["real", "discarded", "duplicate"]
How = Literal["call", "visit", "records", "laboratory"]
Risk = Literal["low", "medium", "high", "very-high"]
NextStep = Literal["watch", "respond", "outbreak", "hand-over"]
Number = Annotated[int, Meta(ge=0, le=1_000_000)]
_Brief = Annotated[str, Meta(max_length=500)]


@operation("surveillance.report_signal", version=1, right="surveillance.signal.report")
class ReportSignal(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Tell of a sign seen somewhere, before anybody knows what it is (15/2026 Article 9).

    The signal's id is the operation's id; its unit is whoever tells. ``sign`` is one of the list of
    the day. Give ``village``, which settles the commune, or ``commune``. ``affected`` counts people,
    or animals where the sign is about animals; left out, nobody counted. ``phone`` is to be called
    back.
    """

    sign: Word
    source: Source
    seen_on: date
    village: UUID | None = None
    commune: UUID | None = None
    facility: UUID | None = None
    affected: Number | None = None
    deaths: Number = 0
    disease: Word = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    reporter: Line = ""
    link: Line = ""
    note: Prose = ""


@operation("surveillance.screen_signal", version=1, right="surveillance.signal.screen")
class ScreenSignal(Payload, frozen=True, kw_only=True):
    """Say whether a signal is to be looked into. ``relevant`` opens again what was set aside."""

    signal: UUID
    outcome: Screened
    duplicate_of: UUID | None = None
    disease: Word = ""
    reason: _Brief = ""


@operation("surveillance.verify_signal", version=1, right="surveillance.signal.verify")
class VerifySignal(Payload, frozen=True, kw_only=True):
    """Say whether what was told is so, and how that was found out; with the numbers found."""

    signal: UUID
    outcome: Verified
    how: How
    duplicate_of: UUID | None = None
    affected: Number | None = None
    deaths: Number | None = None
    disease: Word = ""
    reason: _Brief = ""


@operation("surveillance.assess_signal", version=1, right="surveillance.signal.assess")
class AssessSignal(Payload, frozen=True, kw_only=True):
    """Say how great the risk of an event is (15/2026 Article 21) and what follows."""

    signal: UUID
    risk: Risk
    next_step: NextStep
    reason: _Brief = ""


@operation("surveillance.silence_signals", version=1, right="surveillance.alarm.triage")
class SilenceSignals(Payload, frozen=True, kw_only=True):
    """Keep the signals of one subject in one commune out of the inbox until a day, with a reason.

    The operation's unit is the commune. ``subject`` is a disease, sign or other subject with its kind
    before it ("disease:measles"); ``level`` is the gravest level then: a graver signal is shown all
    the same. ``until`` left out ends the silence.
    """

    subject: Annotated[str, Meta(pattern=r"^[a-z-]{1,20}:[a-z0-9-]{1,60}$")]
    reason: Reason
    until: date | None = None
    level: Literal["signal", "alert", "epidemic"] = "signal"
