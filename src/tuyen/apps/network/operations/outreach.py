"""Mobile sessions: what a point does, what a village needs, the teams, and the rounds of a month."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.network.operations.reviews import Key, Reason
from tuyen.kernel.operation import Payload, operation

PLAN = "network.outreach.plan"
TeamKind = Literal["car", "motorbike", "boat", "foot"]
Weekdays = Annotated[tuple[Annotated[int, Meta(ge=0, le=6)], ...], Meta(max_length=7)]
"""Days of the week, Monday 0."""
Skills = Annotated[tuple[Key, ...], Meta(max_length=10)]
Minutes = Annotated[int, Meta(ge=0, le=1440)]
Visits = Annotated[int, Meta(ge=0, le=4)]
Line = Annotated[str, Meta(max_length=120)]
Phone = Annotated[str, Meta(max_length=20)]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class PointSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``served_by``: who serves the point, by post or name; ``mobile``: how teams come there."""

    functions: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    weekdays: Weekdays = ()
    served_by: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    mobile: Annotated[str, Meta(max_length=500)] = ""


@operation("network.state_point", version=1, right=PLAN)
class StatePoint(Payload, frozen=True, kw_only=True):
    """What the operation's unit, a satellite point, does from the operation's day on."""

    said: PointSaid


@operation("network.amend_point", version=1, right=PLAN)
class AmendPoint(Payload, frozen=True, kw_only=True):
    """A statement was written down wrongly: this stands in its place, from the same day."""

    statement: UUID
    said: PointSaid
    reason: Reason


@operation("network.state_need", version=1, right=PLAN)
class StateNeed(Payload, frozen=True, kw_only=True):
    """What a village needs of mobile teams from the operation's day on; the last statement stands.

    ``visits`` in four weeks, ``minutes`` of a session, ``weekdays`` on which its people are met. ``contact``
    is the village's health worker, as it is printed on route sheets.
    """

    village: UUID
    visits: Visits
    minutes: Minutes
    weekdays: Weekdays
    skills: Skills = ()
    road: bool = True
    landing: bool = False
    vaccine: bool = True
    contact: Line = ""
    phone: Phone = ""


@operation("network.state_team", version=1, right=PLAN)
class StateTeam(Payload, frozen=True, kw_only=True):
    """A team, or a team written over; with ``ended`` it goes out no more. ``minutes`` from leaving to being
    back, ``cold_minutes`` that its box holds."""

    team: UUID | None = None
    name: Annotated[str, Meta(min_length=2, max_length=80)]
    kind: TeamKind
    skills: Skills = ()
    minutes: Minutes
    cold_minutes: Minutes
    starts: Clock = "07:30"
    weekdays: Weekdays
    home: UUID | None = None
    nights: bool = False
    ended: bool = False


class PlannedVillage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A village as the plan took it. ``team``: the one that came last month."""

    village: UUID
    visits: Visits
    minutes: Minutes
    weekdays: Weekdays
    skills: Skills = ()
    road: bool = True
    landing: bool = False
    vaccine: bool = True
    people: Annotated[int, Meta(ge=0, le=100_000)] = 0
    team: UUID | None = None


class PlannedTeam(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team as the plan took it."""

    team: UUID
    name: Annotated[str, Meta(max_length=80)]
    kind: TeamKind
    skills: Skills = ()
    minutes: Minutes
    cold_minutes: Minutes
    starts: Clock
    weekdays: Weekdays
    home: UUID
    nights: bool = False


class PlannedRound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team's day: from a site, villages in order, to a site (another one where it sleeps away)."""

    team: UUID
    day: date
    stops: Annotated[tuple[UUID, ...], Meta(max_length=40)] = ()
    begins: UUID
    ends: UUID


class LeftOut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A village that is not served: why, by how much, and what would serve it."""

    village: UUID
    why: Key
    team: UUID | None = None
    amount: float = 0.0
    way: Key
    way_team: UUID | None = None
    way_weekday: Annotated[int, Meta(ge=-1, le=6)] = -1
    way_amount: float = 0.0


Rounds = Annotated[tuple[PlannedRound, ...], Meta(max_length=1000)]
Way = Annotated[int, Meta(ge=-1, le=30_000)]


class KindWays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whole minutes of a kind of team from every point to every point, row by row; -1 where no way is."""

    kind: TeamKind
    minutes: Annotated[tuple[Way, ...], Meta(max_length=200_000)]


class PlannedWays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what the ways of a plan were measured: the ``surface`` and its minutes between ``points``, or
    none and why (as ``ways.Way`` has it), which is the straight distance, lengthened."""

    season: Literal["dry", "wet"]
    why: Annotated[str, Meta(max_length=10)] = ""
    surface: UUID | None = None
    title: Annotated[str, Meta(max_length=200)] = ""
    loaded_on: date | None = None
    made_up: bool = False
    points: Annotated[tuple[UUID, ...], Meta(max_length=450)] = ()
    minutes: Annotated[tuple[KindWays, ...], Meta(max_length=4)] = ()


@operation("network.draft_rounds", version=2, right=PLAN, upcasts={1: lambda said: said})
class DraftRounds(Payload, frozen=True, kw_only=True):
    """The rounds of a month as the engine planned them, with everything that they were planned from.
    ``starts`` is the month's first Monday; ``search`` the asking that this answers; without ``ways``
    they are straight, at the speeds of the month's season."""

    starts: date
    weeks: Annotated[int, Meta(ge=4, le=5)]
    villages: Annotated[tuple[PlannedVillage, ...], Meta(max_length=400)]
    teams: Annotated[tuple[PlannedTeam, ...], Meta(min_length=1, max_length=20)]
    rounds: Rounds
    missing: Annotated[tuple[LeftOut, ...], Meta(max_length=400)] = ()
    search: UUID | None = None
    ways: PlannedWays | None = None


@operation("network.change_rounds", version=1, right=PLAN)
class ChangeRounds(Payload, frozen=True, kw_only=True):
    """Rounds of a draft changed by hand: each stands in place of that team's day; without stops there is none."""

    plan: UUID
    rounds: Annotated[tuple[PlannedRound, ...], Meta(min_length=1, max_length=40)]


@operation("network.put_rounds_in_force", version=1, right=PLAN)
class PutRoundsInForce(Payload, frozen=True, kw_only=True):
    """A draft is what the teams go by. ``replaces`` is the plan of the same month that it stands in place of."""

    plan: UUID
    replaces: UUID | None = None


@operation("network.withdraw_rounds", version=1, right=PLAN)
class WithdrawRounds(Payload, frozen=True, kw_only=True):
    """A plan is not gone by: a draft put away, or one in force undone."""

    plan: UUID
    reason: Reason
