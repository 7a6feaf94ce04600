"""How likely alarms are to be false, and which of them ring."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Reason, Word
from tuyen.kernel.operation import Payload, operation

Below = Literal["", "share", "budget"]
Share = Annotated[float, Meta(ge=0, le=1)]
Many = Annotated[tuple[float, ...], Meta(max_length=400)]


class Tail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The past of one stratum: scores rising, and the weight of quiet weeks at or above each."""

    code: Annotated[int, Meta(ge=0)]
    weight: float
    scores: Many
    above: Many


class Learnt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How evidence becomes a chance: a :class:`~tuyen.engines.surveillance.calibration.Calibrator`."""

    bends: Annotated[tuple[Many, ...], Meta(max_length=40)]
    centre: Many
    spread: Many
    effect: Many
    telling: Many
    size: tuple[float, float]
    share: float
    doubt: float
    lowered: float
    told: int


@operation("surveillance.learn_chances", version=1, right="surveillance.alarm.triage")
class LearnChances(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """What the program learnt for a province from its past weeks and the answers to their alarms.

    ``told`` and ``denied`` are the weeks that were told to be of an outbreak, or to be of none;
    ``learnt`` is left out where too few were told. ``uneven`` is the dispersion of each disease.
    """

    weeks: Annotated[int, Meta(ge=1)]
    told: Annotated[int, Meta(ge=0)]
    denied: Annotated[int, Meta(ge=0)]
    learnt: Learnt | None = None
    tails: Annotated[tuple[Tail, ...], Meta(max_length=400)]
    uneven: dict[Word, float]
    method: Word


@operation("surveillance.weigh_alarm", version=1, right="surveillance.alarm.triage")
class WeighAlarm(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """How likely an alarm is to be false, as the program learnt it, and whether it rings.

    ``p``: how often a quiet week of its like looks as much like an outbreak. ``false``: the chance
    that no outbreak has cases in its week. ``q``: the share of false alarms among those of its week
    that are at least as likely. What could not be said is left out. ``below`` says which part of the
    line keeps it from ringing; empty where it rings.
    """

    alarm: UUID
    p: Share | None = None
    false: Share | None = None
    q: Share | None = None
    below: Below = ""
    lesson: UUID | None = None


@operation("surveillance.set_alarm_line", version=1, right="surveillance.threshold.set")
class SetAlarmLine(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Let only some statistical alarms ring in the communes of the operation's unit, from its day on.

    ``share``: those whose q-value is at most this. ``budget``: at most so many places and diseases
    for each team and week, the likeliest first. Both left out gives the decision back to the shipped
    line. The nearer unit goes before the wider. Alarms of the law and epidemics always ring.
    """

    share: Annotated[float, Meta(gt=0, lt=1)] | None = None
    budget: Annotated[int, Meta(ge=1, le=1000)] | None = None
    reason: Reason
