"""A plan of the network: drawn, changed, discarded, put before a second person; the checks of the switch."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.network.operations.reviews import Key, Reason
from tuyen.apps.network.operations.wishes import Wishes, with_grounds
from tuyen.kernel.operation import Payload, operation

Kind = Literal["main", "satellite", "mobile", "repurposed"]
Origin = Literal["empty", "present", "engine", "frontier"]
Title = Annotated[str, Meta(min_length=3, max_length=120)]
Basis = Annotated[str, Meta(max_length=300)]


class SiteChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site becomes. ``destination`` says what a repurposed building serves then; ``functions`` all that
    a satellite point does then, None: what it does today."""

    unit: UUID
    kind: Kind
    destination: Annotated[str, Meta(max_length=40)] = ""
    functions: Annotated[tuple[Key, ...], Meta(min_length=1, max_length=20)] | None = None


class MergedCommune(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Communes that become one new one."""

    id: UUID
    type: Key
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    full_name: Annotated[str, Meta(max_length=250)] = ""
    code: Annotated[str, Meta(max_length=20)] = ""
    of: Annotated[tuple[UUID, ...], Meta(min_length=2, max_length=60)]


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the engine said of its answer."""

    status: Literal["optimal", "feasible"]
    objective: float
    bound: float | None = None
    gap: float | None = None


@operation(
    "network.draft_plan", version=3, right="network.plan.edit",
    upcasts={1: with_grounds, 2: lambda said: said},
)  # fmt: skip
class DraftPlan(Payload, frozen=True, kw_only=True):
    """Begin a plan for a day. ``on`` is the first day on which it would be in force."""

    title: Title
    on: date
    basis: Basis = ""
    origin: Origin
    sites: Annotated[tuple[SiteChoice, ...], Meta(max_length=5000)] = ()
    merges: Annotated[tuple[MergedCommune, ...], Meta(max_length=1000)] = ()
    wishes: Wishes | None = None
    answer: Answer | None = None


@operation(
    "network.change_plan", version=3, right="network.plan.edit",
    upcasts={1: lambda said: said, 2: lambda said: said},
)  # fmt: skip
class ChangePlan(Payload, frozen=True, kw_only=True):
    """Change a draft: sites named here take what is said; what is None stays. ``wishes`` are what the
    engine is asked from here on, with the pins; ``answer`` what it said of ``sites``."""

    plan: UUID
    title: Title | None = None
    on: date | None = None
    basis: Basis | None = None
    sites: Annotated[tuple[SiteChoice, ...], Meta(max_length=5000)] = ()
    merges: Annotated[tuple[MergedCommune, ...], Meta(max_length=1000)] | None = None
    wishes: Wishes | None = None
    answer: Answer | None = None


@operation("network.discard_plan", version=1, right="network.plan.edit")
class DiscardPlan(Payload, frozen=True, kw_only=True):
    """A plan is not to be followed."""

    plan: UUID
    reason: Reason


@operation("network.put_plan_forward", version=1, right="network.plan.decide")
class PutPlanForward(Payload, frozen=True, kw_only=True):
    """A plan lies before a second person as ``proposal``, a proposed reorganisation of the registry. It
    breaks no rule that must hold; from here on it is not changed."""

    plan: UUID
    proposal: UUID


class Move(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``member``, of the cadre ``what``, or the piece of equipment ``what`` goes from ``site`` to ``to``; None:
    stays. Lists of before name nobody: ``number`` posts of the cadre ``what``, of ``had`` that are there."""

    site: UUID
    kind: Literal["people", "equipment"]
    what: Annotated[str, Meta(min_length=1, max_length=40)]
    number: Annotated[int, Meta(ge=1, le=1000)] = 1
    had: Annotated[int, Meta(ge=0, le=1000)] = 0
    to: UUID | None = None
    member: UUID | None = None


@operation(
    "network.settle_moves", version=2, right="network.plan.edit", upcasts={1: lambda said: said}
)
class SettleMoves(Payload, frozen=True, kw_only=True):
    """Where the people and the equipment of the sites that close or shrink go: the whole list of a plan."""

    plan: UUID
    moves: Annotated[tuple[Move, ...], Meta(max_length=5000)] = ()


@operation("network.check_cutover", version=1, right="network.plan.edit")
class CheckCutover(Payload, frozen=True, kw_only=True):
    """A line of the cut-over checklist is done, or is not."""

    plan: UUID
    item: Key
    done: bool
    note: Annotated[str, Meta(max_length=500)] = ""
