"""What a drill came to: its stages, decisions against those expected, messages answered.

The stages are those of 7-1-7 (see :mod:`timeliness`). Times are hours from the start of the drill.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

WEIGHTS = (0.40, 0.45, 0.15)
"""Share of the points that stages, decisions and messages give."""


class Deed(NamedTuple):
    """Something that somebody did, as the journal says it: its kind, its hour, its plain facts."""

    kind: str
    at: float
    facts: Mapping[str, Any]


class Wanted(NamedTuple):
    """A decision that is expected: any deed that fits one of ``any`` within ``hours`` of ``after``."""

    id: str
    after: str
    hours: float
    any: Sequence[Mapping[str, Any]]
    weight: int


class Judged(NamedTuple):
    """One expected decision: hours after its anchor when it was due, and when it was taken."""

    id: str
    due: float
    taken: float | None
    met: bool


class Stage(NamedTuple):
    """One stage of 7-1-7, in days; None when it was never reached."""

    name: str
    days: float | None
    met: bool


class Message(NamedTuple):
    """A message that asks for an answer: hours when it was due and when it was answered."""

    due: float
    answered: float | None


def judge(
    deeds: Sequence[Deed], wanted: Sequence[Wanted], anchors: Mapping[str, float]
) -> list[Judged]:
    """Each expected decision against what was done, first come first.

    A decision whose anchor never came about (an alarm that nobody raised, a message that was not
    sent) was not asked for and is left out; one taken before its anchor was taken at once.
    """
    found = []
    for want in wanted:
        if want.after not in anchors:
            continue
        start = anchors[want.after]
        taken = min((deed.at for deed in deeds if fits(deed, want.any)), default=None)
        late = None if taken is None else max(taken - start, 0.0)
        found.append(Judged(want.id, want.hours, late, late is not None and late <= want.hours))
    return found


def fits(deed: Deed, any_: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a deed is one of those described: of that kind, with those facts."""
    return any(
        deed.kind == each["kind"]
        and all(deed.facts.get(name) == value for name, value in each.items() if name != "kind")
        for each in any_
    )


def points(
    reached: Sequence[Stage], judged: Sequence[Judged], weights: Mapping[str, int],
    messages: Sequence[Message],
) -> int:  # fmt: skip
    """0 to 100. A part of which there is nothing (no message was sent) gives its share to the others.

    >>> points([Stage("detect", 2.0, True)], [], {}, [])
    100
    """
    asked = sum(weights.get(each.id, 1) for each in judged)
    parts = (
        (len(reached), sum(stage.met for stage in reached)),
        (asked, sum(weights.get(each.id, 1) for each in judged if each.met)),
        (len(messages), sum(in_time(message) for message in messages)),
    )
    whole = sum(weight for weight, (of, _) in zip(WEIGHTS, parts, strict=True) if of)
    if not whole:
        return 0
    won = sum(weight * n / of for weight, (of, n) in zip(WEIGHTS, parts, strict=True) if of)
    return round(100 * won / whole)


def in_time(message: Message) -> bool:
    """Whether a message was answered by its hour."""
    return message.answered is not None and message.answered <= message.due
