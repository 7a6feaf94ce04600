"""Which schedule is in force when: the law's days, and the province's decisions beside them.

A circular that ships holds from its own day by itself. An activation holds from its day, whatever the
law's days are, until the next of either begins; on one and the same day the activation counts. Rolled
back, it is as if it had not been. A question may be asked as things were known at a past moment.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.immunization.models import PackActivation
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel.regimes import answers
from tuyen.rules.immunization import rollouts, schedules


class Step(NamedTuple):
    """From this day on this schedule is in force. ``activation``: None where the law says so."""

    on: date
    pack: str
    activation: UUID | None = None


def timeline(known_at: datetime | None = None) -> tuple[Step, ...]:
    """Every step, the earliest first; with ``known_at`` as it was known then. One query."""
    rows = PackActivation.objects.values_list(
        "id", "pack", "effective_on", "received_at", "rolled_back_at"
    )
    decided = [
        Step(on, pack, id)
        for id, pack, on, received, back in fetch(rows)
        if _stands(received, back, known_at)
    ]
    return steps(decided)


def steps(decided: Iterable[Step]) -> tuple[Step, ...]:
    """The law's days with decisions that stand beside them."""
    taken = {step.on: step for step in decided}
    law = [Step(one.since, one.code) for one in schedules.regimes() if one.automatic]
    return tuple(sorted({**{step.on: step for step in law}, **taken}.values()))


def step_of(on: date, known: Sequence[Step]) -> Step:
    """The step in force on a day; days before the first are judged by the first."""
    past = [step for step in known if step.on <= on]
    return past[-1] if past else known[0]


@answers("immunization")
def in_force(on: date) -> str:
    """The code of the schedule in force on a day, for rooms beside this one. One query."""
    return step_of(on, timeline()).pack


def next_change(on: date, known: Sequence[Step]) -> date | None:
    """The first later day on which the schedule, or where a vaccine has begun, becomes another."""
    days = {step.on for step in known} | {row.since for row in rollouts.rollouts()}
    return min((day for day in days if day > on), default=None)


def _stands(received: datetime, back: datetime | None, known_at: datetime | None) -> bool:
    if known_at is None:
        return back is None
    return received <= known_at and (back is None or back > known_at)
