"""What can be done about an adverse event and about a lot."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.immunization.operations.words import Code, Line, Reason
from tuyen.kernel.operation import Payload, operation

REPORT: str = "immunization.aefi.report"
INVESTIGATE: str = "immunization.aefi.investigate"
SUSPEND: str = "immunization.lot.suspend"
Prose = Annotated[str, Meta(max_length=4000)]
Words = Annotated[tuple[Code, ...], Meta(max_length=12)]
AefiOutcome = Literal["recovered", "recovering", "disabled", "died", "unknown"]


class LotNamed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lot of a vaccine, as it stands on the vial."""

    vaccine: Code
    lot: Annotated[str, Meta(min_length=1, max_length=40)]


@operation("immunization.report_aefi", version=1, right=REPORT)
class ReportAefi(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Report what happened to somebody after doses: those on record, or the lots as they are known.

    Any of ``severity`` makes it serious. A serious one stops the sessions and suspends the lots at
    once, where the rules of the day say so.
    """

    person: UUID
    kinds: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=12)]
    severity: Words = ()
    grade: Literal["1", "2", "3", "4"] | None = None
    onset_at: datetime
    noticed_at: datetime
    doses: Annotated[tuple[UUID, ...], Meta(max_length=12)] = ()
    lots: Annotated[tuple[LotNamed, ...], Meta(max_length=12)] = ()
    session: UUID | None = None
    outcome: AefiOutcome = "unknown"
    treatment: Prose = ""
    story: Prose = ""
    reporter: Line = ""


@operation("immunization.follow_up_aefi", version=1, right=REPORT)
class FollowUpAefi(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """What became of it. One that turns serious later has its clock from then."""

    aefi: UUID
    severity: Words = ()
    kinds: Words = ()
    outcome: AefiOutcome | None = None
    note: Annotated[str, Meta(min_length=3, max_length=4000)]


@operation("immunization.notify_aefi", version=1, right=REPORT)
class NotifyAefi(Payload, frozen=True, kw_only=True):
    """Somebody told the Department of Health, or the provincial CDC, of a serious event."""

    aefi: UUID
    told: Literal["department", "cdc"]
    how: Literal["system", "call", "paper"]
    who: Line = ""


@operation("immunization.investigate_aefi", version=1, right=INVESTIGATE)
class InvestigateAefi(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """An investigation begins, or what it found so far."""

    aefi: UUID
    lead: Annotated[str, Meta(min_length=2, max_length=200)]
    findings: Prose = ""


@operation("immunization.convene_council", version=1, right=INVESTIGATE)
class ConveneCouncil(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """The advisory council met."""

    aefi: UUID
    on: date
    members: Annotated[str, Meta(min_length=2, max_length=1000)]
    note: Prose = ""


@operation("immunization.classify_aefi", version=1, right=INVESTIGATE)
class ClassifyAefi(Payload, frozen=True, kw_only=True):
    """The conclusion, with its class of causality: it ends the event, and may be corrected."""

    aefi: UUID
    causality: Code
    conclusion: Annotated[str, Meta(min_length=3, max_length=4000)]


@operation("immunization.void_aefi", version=1, right=REPORT)
class VoidAefi(Payload, frozen=True, kw_only=True):
    """A report that was made in error. Lots that it suspended stay so until somebody lifts that."""

    aefi: UUID
    reason: Reason


@operation("immunization.suspend_lot", version=1, right=SUSPEND)
class SuspendLot(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Stop the use of a lot everywhere at once."""

    vaccine: Code
    lot: Annotated[str, Meta(min_length=1, max_length=40)]
    product: Annotated[str, Meta(max_length=60)] = ""
    reason: Reason
    aefi: UUID | None = None


@operation("immunization.lift_suspension", version=1, right=INVESTIGATE)
class LiftSuspension(Payload, frozen=True, kw_only=True):
    """A suspended lot may be used again, for a reason."""

    vaccine: Code
    lot: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Reason
