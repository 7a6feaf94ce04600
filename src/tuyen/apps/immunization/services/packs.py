"""Schedules put in force and rolled back: the decision at once, the statuses behind it.

Whom a decision concerns is looked at anew from its day on (``look_again_on``): by the reaction to the
commit for the first of them, by the night's work for all.
"""

from datetime import date
from typing import Any

from django.db.models import Q

from tuyen.apps.immunization.models import Child, PackActivation
from tuyen.apps.immunization.operations import ActivatePack, RollBackPack
from tuyen.apps.immunization.refusals import (
    AnotherPackThatDay,
    PackBeforeItsAct,
    PackInForceAlready,
    RolledBackAlready,
    UnknownActivation,
    UnknownPack,
)
from tuyen.apps.immunization.services.keeping import Kept, Row, columns_of
from tuyen.apps.immunization.timeline import Step, step_of, steps
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.immunization import schedules


class _Decisions(Kept):
    """Every activation there is: a handful in the life of a province."""

    def __init__(self) -> None:
        super().__init__(PackActivation, columns_of(PackActivation), ())
        self.take(PackActivation.objects.all())

    def steps(self) -> tuple[Step, ...]:
        return steps(
            Step(row["effective_on"], row["pack"], row["id"])
            for row in self.rows()
            if row["rolled_back_at"] is None
        )

    def of_day(self, on: date) -> Row | None:
        return next(
            (
                row
                for row in self.rows()
                if row["effective_on"] == on and row["rolled_back_at"] is None
            ),
            None,
        )


@applies(ActivatePack)
def activate(batch: Batch[ActivatePack]) -> None:
    """From its day on the schedule is in force."""
    decisions, since = _Decisions(), []
    for entry in batch.entries:
        said = entry.payload
        try:
            _check(said, decisions)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        decisions.write(_row(entry))
        since.append(said.effective_on)
    decisions.post()
    _look_again(since)


@applies(RollBackPack)
def roll_back(batch: Batch[RollBackPack]) -> None:
    """As if the activation had not been; what was known before stays known."""
    decisions, since = _Decisions(), []
    for entry in batch.entries:
        said = entry.payload
        held = decisions.get(said.activation)
        if held is None:
            batch.refuse(entry, UnknownActivation(value=said.activation))
        elif held["rolled_back_at"] is not None:
            on = held["rolled_back_at"].astimezone(VIETNAM).date()
            batch.refuse(entry, RolledBackAlready(pack=held["pack"], on=on))
        else:
            back: dict[str, Any] = {
                "rolled_back_at": entry.received_at, "rolled_back_by_id": entry.author,
                "rollback_reason": said.reason.strip(),
            }  # fmt: skip
            decisions.write({**held, **back})
            since.append(held["effective_on"])
    decisions.post()
    _look_again(since)


def _check(said: ActivatePack, decisions: _Decisions) -> None:
    known = {one.code: one for one in schedules.regimes()}
    if said.pack not in known:
        raise UnknownPack(value=said.pack, known=", ".join(known))
    if said.effective_on < known[said.pack].since:
        since = known[said.pack].since
        raise PackBeforeItsAct(pack=said.pack, since=since, on=said.effective_on)
    if held := decisions.of_day(said.effective_on):
        raise AnotherPackThatDay(pack=held["pack"], on=said.effective_on)
    if step_of(said.effective_on, decisions.steps()).pack == said.pack:
        raise PackInForceAlready(pack=said.pack, on=said.effective_on)


def _row(entry: Entry[ActivatePack]) -> Row:
    said = entry.payload
    return {
        "id": entry.id, "pack": said.pack, "effective_on": said.effective_on,
        "reason": said.reason.strip(), "people": said.people, "changed": said.changed,
        "author_id": entry.author, "received_at": entry.received_at, "rolled_back_at": None,
        "rolled_back_by_id": None, "rollback_reason": "",
    }  # fmt: skip


def _look_again(since: list[date]) -> None:
    """Everybody followed is looked at anew from the earliest of these days on: one statement."""
    if since:
        first = min(since)
        later = Q(look_again_on=None) | Q(look_again_on__gt=first)
        Child.objects.filter(later, active=True).update(look_again_on=first)
