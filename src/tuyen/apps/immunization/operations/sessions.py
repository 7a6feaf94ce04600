"""What can be done about a session: plan it, hold it, close it. The operation's unit holds it.

``recorded_at`` is the moment at which a thing happened, also when it was told later from a tablet.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.immunization.operations.words import (
    Code,
    Line,
    Note,
    Programme,
    Reason,
    Short,
)
from tuyen.kernel.operation import Payload, operation

SessionKind = Literal["fixed", "satellite", "mobile", "campaign", "school"]
PLAN: str = "immunization.session.plan"
RUN: str = "immunization.session.run"
Many = Annotated[int, Meta(ge=0, le=100_000)]
Celsius = Annotated[float, Meta(ge=-50, le=60)]
Grams = Annotated[int, Meta(ge=0, le=500_000)]


class PlannedVials(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Vials of a vaccine that a session takes along, of one lot where that is known."""

    vaccine: Code
    vials: Annotated[int, Meta(ge=1, le=10_000)]
    size: Annotated[int, Meta(ge=1, le=100)] = 1
    lot: Short = ""


class ExpectedPerson(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Somebody who is expected, and for which vaccines."""

    person: UUID
    vaccines: Annotated[tuple[Code, ...], Meta(max_length=12)] = ()


@operation("immunization.plan_session", version=1, right=PLAN)
class PlanSession(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Plan a session, or write a planned one over; a new one has the operation's id.

    ``place`` is a unit of the map (a village, a satellite point), ``place_name`` words where it is
    none (a school). ``tables`` is at how many tables injections are given.
    """

    session: UUID | None = None
    kind: SessionKind
    programme: Programme = "routine"
    day: date
    starts: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"
    place: UUID | None = None
    place_name: Line = ""
    campaign: Line = ""
    tables: Annotated[int, Meta(ge=1, le=20)] = 1
    team: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    vials: Annotated[tuple[PlannedVials, ...], Meta(max_length=40)] = ()
    expected: Annotated[tuple[ExpectedPerson, ...], Meta(max_length=1000)] = ()
    note: Note = ""


@operation("immunization.cancel_session", version=1, right=PLAN)
class CancelSession(Payload, frozen=True, kw_only=True):
    """A planned session does not take place."""

    session: UUID
    reason: Reason


@operation("immunization.open_session", version=1, right=RUN)
class OpenSession(Payload, frozen=True, kw_only=True):
    """A planned session begins."""

    session: UUID


@operation("immunization.arrive", version=1, right=RUN)
class Arrive(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody came to a session, expected or not: they stand in the queue."""

    session: UUID
    person: UUID
    vaccines: Annotated[tuple[Code, ...], Meta(max_length=12)] = ()


class Answered(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """An answer of the examination: yes or no, on which day it was, and by which vaccines or
    antigens it came."""

    yes: bool
    on: date | None = None
    to: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()


@operation("immunization.screen", version=1, right=RUN)
class Screen(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Examine somebody before the vaccines named. The rules of the day judge; ``defer`` is the
    examiner's own reason to wait, which the rules do not overrule."""

    visit: UUID
    vaccines: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=12)]
    answers: Annotated[dict[Code, Answered], Meta(max_length=40)] = {}
    temperature: Celsius | None = None
    weight_g: Grams | None = None
    defer: Note = ""
    return_on: date | None = None
    note: Note = ""


@operation("immunization.observe", version=1, right=RUN)
class Observe(Payload, frozen=True, kw_only=True):
    """The doses of a visit are given: the time of observation runs from the last of them."""

    visit: UUID


@operation("immunization.leave", version=1, right=RUN)
class Leave(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody leaves the session. Before the time is over only for a reason (``early``)."""

    visit: UUID
    early: Note = ""
    well: bool = True


@operation("immunization.stop_session", version=1, right=RUN)
class StopSession(Payload, frozen=True, kw_only=True):
    """Stop a session: nobody is screened and no dose given any more."""

    session: UUID
    reason: Reason


class VialLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What became of the vials of a lot: opened and used up, opened and kept for another day,
    discarded unopened, and returned closed. All in vials."""

    vaccine: Code
    lot: Short = ""
    size: Annotated[int, Meta(ge=1, le=100)]
    taken: Many
    opened: Many = 0
    kept_open: Many = 0
    discarded: Many = 0
    returned: Many = 0


@operation("immunization.close_session", version=1, right=RUN)
class CloseSession(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Close a session with the balance of its vials; doses given are those on record.

    What is neither opened, kept, discarded nor returned is missing, and ``note`` says why.
    """

    session: UUID
    lines: Annotated[tuple[VialLine, ...], Meta(max_length=60)] = ()
    note: Note = ""


@operation("immunization.report_campaign_day", version=1, right=RUN)
class ReportCampaignDay(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """The figures of a campaign's day at the operation's unit, as they stand now; a later report of
    the same day takes the place of an earlier one."""

    campaign: Annotated[str, Meta(min_length=2, max_length=200)]
    day: date
    note: Note = ""
