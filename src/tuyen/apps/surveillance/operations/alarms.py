"""What can be done about an alarm, and about the years its baseline may not hold."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Reason, Word
from tuyen.kernel.operation import Payload, operation

Rule = Literal[
    "AL-A", "AL-B1", "AL-B2", "EP-B1", "EP-B2", "EARS-C1", "EARS-C2", "EARS-C3", "FAR-FLEX",
    "SCAN-ST",
]  # fmt: skip
Figures = dict[Annotated[str, Meta(max_length=30)], float | int | str | list[int]]


def _more_rules(old: dict[str, Any]) -> dict[str, Any]:
    """Version 2 knows more rules; what version 1 said, it says in the same words."""
    return old


@operation(
    "surveillance.raise_alarm", version=2, right="surveillance.alarm.triage",
    upcasts={1: _more_rules},
)  # fmt: skip
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
