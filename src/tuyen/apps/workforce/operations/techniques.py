"""A technique is passed on by an upper unit: planned, done under supervision, signed off by another hand."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.workforce.operations.training import ASK, People
from tuyen.apps.workforce.operations.words import Issuer, Name, Number, Reason
from tuyen.kernel.operation import Payload, operation

SIGN = "workforce.technique.sign"


class Teacher(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    licence: Number = ""


@operation("workforce.plan_handover", version=1, right=ASK)
class PlanHandover(Payload, frozen=True, kw_only=True):
    """The operation's unit is to learn a technique. ``technique`` is of the list, or words;
    ``giver`` a unit of the map, or ``giver_name`` a hospital that is not on it; ``cases`` are to be
    done under supervision before it can be signed off."""

    technique: Annotated[str, Meta(min_length=2, max_length=120)]
    begins: date
    learners: People
    teachers: Annotated[tuple[Teacher, ...], Meta(min_length=1, max_length=10)]
    cases: Annotated[int, Meta(ge=1, le=500)]
    giver: UUID | None = None
    giver_name: Issuer = ""


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody did it on a day, under supervision or alone. No patient is named."""

    member: UUID
    done_on: date
    supervised: bool = True


@operation("workforce.log_cases", version=1, right=ASK)
class LogCases(Payload, frozen=True, kw_only=True):
    handover: UUID
    cases: Annotated[tuple[Case, ...], Meta(min_length=1, max_length=100)]


@operation("workforce.void_case", version=1, right=ASK)
class VoidCase(Payload, frozen=True, kw_only=True):
    case: UUID
    reason: Reason


@operation("workforce.sign_handover", version=1, right=SIGN)
class SignHandover(Payload, frozen=True, kw_only=True):
    """The upper unit says that the station can do it; said again before or after the end, it goes on.

    The operation's unit is the giver, or the receiver where the giver is not on the map; whoever
    signs neither planned it, nor logged its cases, nor works there.
    """

    handover: UUID
    paper: Issuer = ""


@operation("workforce.end_handover", version=1, right=ASK)
class EndHandover(Payload, frozen=True, kw_only=True):
    """The unit does not learn it, or has it no more, with the reason."""

    handover: UUID
    reason: Reason
