"""Playing the people whom nobody plays: their moves enter through the journal, in their time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.drills import casting
from tuyen.apps.surveillance.drills.course import RESPONSES, Course, begun
from tuyen.apps.surveillance.drills.story import PROGRAM, Move
from tuyen.apps.surveillance.operations.drills import SendDrillMessage
from tuyen.apps.surveillance.tasks import night
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.zone import VIETNAM

_CALL = "surveillance.call_drill_persona"


@dataclass(slots=True)
class Lateness:
    """How far behind its time each move was committed, in seconds of the machine and of the drill."""

    real: list[float] = field(default_factory=list)
    drill: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Director(Course):
    """A drill while it is played: what was told, and what is due next.

    Everything it keeps follows from the seed and the journal, so one that is stopped is begun again
    where it was: the journal answers a move that it has already.
    """

    done: int = 0
    answers: list[Move] = field(default_factory=list)
    refused: list[Receipt] = field(default_factory=list)
    lateness: Lateness = field(default_factory=Lateness)
    _actors: dict[tuple[str, Any], Actor] = field(default_factory=dict)

    def due(self) -> datetime | None:
        """When the next move is due; None when the story is told."""
        times = [move.due for move in self.story.moves[self.done : self.done + 1]]
        times += [move.due for move in self.answers]
        return min(times, default=None)

    def step(self, now: datetime, *, at: datetime | None = None) -> int:
        """Commit every move that is due by ``now``; returns how many.

        In a drill that runs by its clock the moves are received ``now``; told at once (``at`` None)
        each is received when it is due.
        """
        self._listen(now)
        count = 0
        while (due := self.due()) is not None and due <= now:
            move = self._next(due)
            if move.case is not None and self._is_spared(move.case):
                continue
            self._make(move, at or move.due)
            count += 1
        return count

    def _next(self, due: datetime) -> Move:
        for n, answer in enumerate(self.answers):
            if answer.due == due:
                return self.answers.pop(n)
        self.done += 1
        return self.story.moves[self.done - 1]

    def _make(self, move: Move, at: datetime) -> None:
        if move.payload is None:
            for step in night(on=at.astimezone(VIETNAM).date(), at=at):
                self.refused += step.refused
            return
        operation = Operation.of(
            move.payload, id=move.id, unit=move.unit, corrects=move.corrects,
            happened_on=at.astimezone(VIETNAM).date(), recorded_at=move.due,
        )  # fmt: skip
        receipts = commit(by=self._actor(move.part, at), operations=[operation], at=at)
        self.refused += [receipt for receipt in receipts if not receipt.ok]

    def _actor(self, part: str, at: datetime) -> Actor:
        on = at.astimezone(VIETNAM).date()
        if part == PROGRAM:
            return Actor.program(on)
        if (part, on) not in self._actors:
            found = access.actor_by_login(casting.LOGINS[part], on=on, channel="web")
            self._actors = {(part, on): found or Actor.program(on)}
        return self._actors[part, on]

    def _listen(self, now: datetime) -> None:
        """Hear what players did: the response that spares people, and questions to be answered."""
        by = Actor.program(now.astimezone(VIETNAM).date())
        page = journal.feed(by=by, after=self.after, kinds=[*RESPONSES, _CALL])
        self.after = page.after
        for kept in page.entries:
            if kept.kind == _CALL:
                self._answer(kept)
            else:
                self.learn(kept.kind, kept.payload, kept.received_at)

    def _answer(self, kept: journal.Kept) -> None:
        call = next((c for c in self.scenario.calls if c.id == kept.payload["call"]), None)
        if call is None:
            return
        due = kept.received_at + timedelta(hours=call.answer_hours)
        payload = SendDrillMessage(key=f"{call.id}:{kept.id.hex[-8:]}", sort="answer", to="")
        self.answers.append(
            Move(due, derived_id(kept.id, "answer"), PROGRAM, self.cast.station, payload)
        )

    def _is_spared(self, case: int) -> bool:
        return bool(self.spared()[case])


def director() -> Director:
    """The drill of this installation, ready to go on where its journal stands.

    Raises
    ------
    NoDrill
        If none is played here.
    """
    return begun(Director)


def refusals(receipts: Iterable[Receipt]) -> list[str]:
    """Why moves were refused, one sentence each: a story that its own rooms refuse has a fault."""
    return [str(r.refusal.refusal()) for r in receipts if r.refusal is not None]
