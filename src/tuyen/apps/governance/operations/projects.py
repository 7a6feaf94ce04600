"""A project of capital investment: proposed, amended, approved by another person, paid for, closed."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.kernel.operation import Payload, operation

Key = Annotated[str, Meta(min_length=1, max_length=40)]
Note = Annotated[str, Meta(max_length=2000)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Title = Annotated[str, Meta(min_length=3, max_length=200)]
Paper = Annotated[str, Meta(max_length=80)]
Voucher = Annotated[str, Meta(min_length=1, max_length=60)]
Month = Annotated[str, Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Said = Literal["exact", "over", "about", "under"]
Level = Literal["good", "part", "none", "unknown"]
# Decimals are bounded by the service, which names the field; VND, at most two places.
Money = Decimal


class Funding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source gives, in VND. ``said`` keeps the word that the figure came with ("over 136 billion").
    In another currency: its amount, and the rate (VND for one) by which it became VND."""

    source: Key
    amount: Money
    said: Said = "exact"
    foreign: Money | None = None
    currency: Annotated[str, Meta(pattern="^([A-Z]{3})?$")] = ""
    rate: Money | None = None


class Work(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of work at a site, its cost in VND and the source that pays for it."""

    site: UUID
    package: Key
    source: Key
    cost: Money


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a stage is planned to run."""

    stage: Key
    since: date
    until: date


class Planned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is planned to be paid out in a month, in VND; of which ``source``, or "" where it is not split."""

    month: Month
    amount: Money
    source: Annotated[str, Meta(max_length=40)] = ""


class ProjectPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is decided of a project. The operation's unit is the one that owns it."""

    name: Title
    decision: Paper = ""
    decided_on: date | None = None
    starts: date
    ends: date
    funding: Annotated[tuple[Funding, ...], Meta(min_length=1, max_length=12)]
    works: Annotated[tuple[Work, ...], Meta(max_length=2000)] = ()
    phases: Annotated[tuple[Phase, ...], Meta(max_length=20)] = ()
    planned: Annotated[tuple[Planned, ...], Meta(max_length=1200)] = ()
    note: Note = ""


class LineLevel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: Key
    level: Level


class SiteLevels(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How ready a site was, line by line, on the day of the operation that carries it."""

    site: UUID
    lines: Annotated[tuple[LineLevel, ...], Meta(max_length=60)]


Frozen = Annotated[tuple[SiteLevels, ...], Meta(max_length=2000)]


@operation(
    "governance.propose_project", version=2, right="governance.project.propose",
    upcasts={1: lambda said: said},
)  # fmt: skip
class ProposeProject(Payload, frozen=True, kw_only=True):
    """A project lies before a second person. Nothing is paid before it is approved."""

    plan: ProjectPlan


@operation(
    "governance.amend_project", version=2, right="governance.project.propose",
    upcasts={1: lambda said: said},
)  # fmt: skip
class AmendProject(Payload, frozen=True, kw_only=True):
    """Another version of a project lies before a second person; what is in force stays so until then."""

    project: UUID
    plan: ProjectPlan
    reason: Reason


@operation("governance.approve_project", version=1, right="governance.project.approve")
class ApproveProject(Payload, frozen=True, kw_only=True):
    """A version is in force: approved by somebody else than who proposed it. ``baseline`` is how ready
    its sites are today, kept to be compared with when it ends."""

    version: UUID
    baseline: Frozen = ()


@operation("governance.turn_down_project", version=1, right="governance.project.approve")
class TurnDownProject(Payload, frozen=True, kw_only=True):
    """A version is not approved, or is withdrawn by who proposed it."""

    version: UUID
    reason: Reason


@operation("governance.note_progress", version=1, right="governance.money.record")
class NoteProgress(Payload, frozen=True, kw_only=True):
    """How far a stage is, per cent; the contract that was signed in it, where one was."""

    project: UUID
    stage: Key
    percent: Annotated[int, Meta(ge=0, le=100)]
    contract: Paper = ""
    contractor: Annotated[str, Meta(max_length=200)] = ""
    value: Money | None = None
    note: Note = ""


@operation("governance.disburse", version=1, right="governance.money.record")
class Disburse(Payload, frozen=True, kw_only=True):
    """Money was paid out on the operation's day. ``year`` is the year of whose plan it is."""

    project: UUID
    source: Key
    amount: Money
    voucher: Voucher
    year: Annotated[int, Meta(ge=2000, le=2100)]
    note: Note = ""


@operation("governance.adjust_disbursement", version=1, right="governance.money.record")
class AdjustDisbursement(Payload, frozen=True, kw_only=True):
    """A payment was written down wrongly: this stands in its place. An amount of nothing takes it out."""

    disbursement: UUID
    source: Key
    amount: Money
    voucher: Voucher
    reason: Reason


@operation("governance.close_project", version=1, right="governance.project.approve")
class CloseProject(Payload, frozen=True, kw_only=True):
    """A project has ended. ``outcome`` is how ready its sites are that day."""

    project: UUID
    outcome: Frozen = ()
    note: Note = ""


@operation("governance.note_use", version=1, right="governance.use.record")
class NoteUse(Payload, frozen=True, kw_only=True):
    """On how many days of a month a piece of equipment of the operation's unit was used, and how often."""

    piece: UUID
    month: Month
    days: Annotated[int, Meta(ge=0, le=31)]
    times: Annotated[int, Meta(ge=0, le=100_000)] | None = None
