"""What can be done about a case, and about a week without cases."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tuyen.apps.surveillance.operations.words import Label, Line, Prose, Reason, Word
from tuyen.kernel.operation import Payload, operation

Sex = Literal["male", "female", "unknown"]
Classification = Literal["suspected", "probable", "confirmed", "discarded"]
Answer = Literal["yes", "no", "unknown"]
Test = Literal["rapid", "serology", "pcr", "culture", "microscopy", "other"]
Result = Literal["positive", "negative", "suspect", "pending"]
Care = Literal["outpatient", "inpatient", "home"]
Outcome = Literal["recovered", "discharged", "transferred", "died", "other"]


@operation("surveillance.report_case", version=1, right="surveillance.case.report")
class ReportCase(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Report a case of a notifiable disease (form 01 of the annexes to decision 97/QĐ-PB).

    The case's id is the operation's id and its unit reports it. The list that judges it is that of
    the day of diagnosis: ``diagnosed_at``, else ``diagnosed_on``, else the operation's day. Give
    ``commune`` (as it was on the day of onset) or ``village``, which settles it on any map.
    ``reported_at`` is only for what was sent on paper first and is entered afterwards.
    """

    disease: Word
    sex: Sex
    onset_on: date
    classification: Classification
    birth_date: date | None = None
    age: Annotated[int, Meta(ge=0, le=130)] | None = None
    commune: UUID | None = None
    village: UUID | None = None

    person: UUID | None = None
    name: Line = ""
    identity: Annotated[str, Meta(max_length=20)] = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    ethnicity: Word = ""
    nationality: Word = ""
    occupation: Line = ""
    workplace: Line = ""
    address: Line = ""
    permanent_address: Line = ""

    diagnosed_on: date | None = None
    diagnosed_at: datetime | None = None
    reported_at: datetime | None = None
    sampled_on: date | None = None
    test: Test | None = None
    result: Result | None = None
    result_on: date | None = None
    vaccinated: Answer = "unknown"
    doses: Annotated[int, Meta(ge=0, le=20)] | None = None
    last_dose_on: date | None = None

    care: Care | None = None
    facility: UUID | None = None
    admitted_on: date | None = None
    outcome: Outcome | None = None
    outcome_on: date | None = None

    history: Prose = ""
    cluster: Word = ""
    linked_to: Annotated[tuple[UUID, ...], Meta(max_length=50)] = ()
    reporter: Line = ""
    note: Prose = ""
    external_id: Annotated[str, Meta(max_length=100)] = ""
    not_a_duplicate_of: Annotated[tuple[UUID, ...], Meta(max_length=50)] = ()


if TYPE_CHECKING:
    CaseChanges: TypeAlias = Any
else:
    #: Any of the fields of ReportCase; those left out stay as they are.
    CaseChanges = msgspec.defstruct(
        "CaseChanges",
        [
            (field.name, field.type | UnsetType, UNSET)
            for field in msgspec.structs.fields(ReportCase)
        ],
        module=__name__,
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )


@operation("surveillance.amend_case", version=1, right="surveillance.case.amend")
class AmendCase(Payload, frozen=True, kw_only=True):
    """Correct a case: only the fields that change. The operation ``corrects`` the case's report.

    ``revision`` is how many amendments the author had seen; when there are more by now, the
    amendment is refused rather than laid over work that its author does not know.
    """

    case: UUID
    changes: CaseChanges
    reason: Annotated[str, Meta(max_length=500)] = ""
    revision: Annotated[int, Meta(ge=0)] | None = None


@operation("surveillance.void_case", version=1, right="surveillance.case.amend")
class VoidCase(Payload, frozen=True, kw_only=True):
    """Take a case out of all counts: it was entered in error. The operation ``corrects`` it."""

    case: UUID
    reason: Reason


@operation("surveillance.report_zero", version=1, right="surveillance.case.report")
class ReportZero(Payload, frozen=True, kw_only=True):
    """Say that the operation's unit has nothing to report for a week ("2026-W07", from Monday)."""

    week: Label
    note: Line = ""
