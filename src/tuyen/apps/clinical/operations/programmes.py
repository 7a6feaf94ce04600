"""What can be done about somebody in a programme of care, besides seeing them."""

from datetime import date
from uuid import UUID

from tuyen.apps.clinical.operations.words import Brief, Code, Note
from tuyen.kernel.operation import Payload, operation

MANAGE = "clinical.programme.manage"


@operation("clinical.enrol", version=1, right=MANAGE)
class Enrol(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Take a person into a programme, from the operation's day on. A confirmed diagnosis does it by
    itself; by hand it is done for screenings, check-ups and who comes from elsewhere.

    ``group`` is the priority group, where the programme has such; ``worker`` who calls and visits.
    """

    person: UUID
    programme: Code
    group: Brief = ""
    worker: UUID | None = None
    note: Note = ""


@operation("clinical.end_enrolment", version=1, right=MANAGE)
class EndEnrolment(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Let somebody out of a programme, on the operation's day. ``why`` is one of the programme's
    outcomes, or died, moved, refused, error; of an error nothing is counted."""

    enrolment: UUID
    why: Code
    note: Note = ""


@operation("clinical.log_call", version=1, right=MANAGE)
class LogCall(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Write down what came of a call. ``next_try`` is left out where the result says it."""

    enrolment: UUID
    result: Code
    next_try: date | None = None
    note: Note = ""


@operation("clinical.plan_home_visit", version=1, right=MANAGE)
class PlanHomeVisit(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Plan a visit at home; the next contact answers it."""

    enrolment: UUID
    on: date
    worker: UUID | None = None
    note: Note = ""


@operation("clinical.assign_enrolment", version=1, right=MANAGE)
class AssignEnrolment(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Say who calls and visits somebody (left out: nobody by name), and which unit follows (left
    out: as it is)."""

    enrolment: UUID
    worker: UUID | None = None
    follows: UUID | None = None
