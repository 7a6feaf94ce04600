"""What can be done about a case, a week without cases, and an alarm."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tuyen.kernel.operation import Payload, operation

Word = Annotated[str, Meta(max_length=60)]
Line = Annotated[str, Meta(max_length=200)]
Prose = Annotated[str, Meta(max_length=4000)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Label = Annotated[str, Meta(pattern=r"^\d{4}-W\d{2}$", max_length=8)]

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


Rule = Literal[
    "AL-A", "AL-B1", "AL-B2", "EP-B1", "EP-B2", "EARS-C1", "EARS-C2", "EARS-C3"
]  # fmt: skip
Figures = dict[Annotated[str, Meta(max_length=30)], float | int | str | list[int]]


@operation("surveillance.raise_alarm", version=1, right="surveillance.alarm.triage")
class RaiseAlarm(Payload, frozen=True, kw_only=True):
    """An alarm of the program itself, at the commune that is the operation's unit.

    The alarm's id is the id of the first operation; a later one that ``supersedes`` it brings new
    numbers. ``figures`` holds what explains it; ``method`` the version of the code that judged.
    """

    rule: Rule
    disease: Word
    period: Annotated[str, Meta(max_length=10)]
    level: Word
    observed: Annotated[int, Meta(ge=0)]
    expected: float | None = None
    bound: float | None = None
    figures: Figures = {}
    method: Word
    supersedes: UUID | None = None
    revision: Annotated[int, Meta(ge=0)] = 0


Decision = Literal["take", "verify", "dismiss", "open-outbreak"]


@operation("surveillance.triage_alarm", version=1, right="surveillance.alarm.triage")
class TriageAlarm(Payload, frozen=True, kw_only=True):
    """Answer an alarm: take it on, verify it, dismiss it with a reason, or open an outbreak."""

    alarm: UUID
    decision: Decision
    reason: Annotated[str, Meta(max_length=500)] = ""
    owner: UUID | None = None


@operation("surveillance.close_alarm", version=1, right="surveillance.alarm.triage")
class CloseAlarm(Payload, frozen=True, kw_only=True):
    """End an alarm: by END-B, because its count was corrected, or by hand."""

    alarm: UUID
    because: Literal["END-B", "count-corrected", "by-hand"]
    reason: Annotated[str, Meta(max_length=500)] = ""
    figures: Figures = {}


@operation("surveillance.mark_epidemic_year", version=1, right="surveillance.alarm.triage")
class MarkEpidemicYear(Payload, frozen=True, kw_only=True):
    """Leave a year of a disease out of the baselines of the commune or province it is sent for."""

    disease: Word
    year: Annotated[int, Meta(ge=1990, le=2100)]
    reason: Reason
    epidemic: bool = True
