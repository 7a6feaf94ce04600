"""The course of a drill: what is hidden, what is told, and whom a response has spared.

Nothing here moves anybody: that is :mod:`.play`. So a score may be asked for at any time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.registry.queries import atlas
from tuyen.apps.surveillance.drills import casting, story
from tuyen.apps.surveillance.models import Drill
from tuyen.apps.surveillance.refusals.drills import NoDrill
from tuyen.engines.surveillance import drill_outbreak as engine
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance import drills as rules

RESPONSES = ("surveillance.open_outbreak", "surveillance.triage_alarm")
"""Kinds by which players begin to respond; of a triage, only that which opens an outbreak."""


class Deed(Protocol):
    """Something that was done, as a score counts it."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


@dataclass(slots=True)
class Course:
    """A drill as its seed and its journal make it; ``responded``: when its players began to."""

    drill: UUID
    scenario: rules.Scenario
    cast: casting.Cast
    story: story.Story
    begins: datetime
    ends: datetime
    side: str
    after: int
    responded: datetime | None = None
    _spared: engine.Bools | None = None

    def hear(self, deeds: Iterable[Deed]) -> None:
        """Learn from what was done before when the players began to respond."""
        for deed in deeds:
            self.learn(deed.kind, deed.facts, deed.at)

    def learn(self, kind: str, said: Mapping[str, Any], at: datetime) -> None:
        """Learn of one thing that was done: the first response spares people from then on."""
        if self.responded is None and _responds(kind, said):
            self.responded, self._spared = at, None

    def is_over(self) -> bool:
        """Whether somebody ended the drill."""
        return Drill.objects.filter(pk=self.drill).exclude(ended_at=None).exists()

    def spared(self) -> engine.Bools:
        """Whom the response that was begun has spared."""
        if self._spared is None:
            since = None
            if self.responded is not None:
                acts = self.responded + timedelta(hours=self.scenario.response.after_hours)
                since = (acts - self.begins) / timedelta(days=1)
            self._spared = engine.spared(self.story.hidden, since, self.scenario.response.effect)
        return self._spared


AnyCourse = TypeVar("AnyCourse", bound=Course)


def begun(kind: type[AnyCourse]) -> AnyCourse:
    """The drill of this installation, from where its journal began it.

    Raises
    ------
    NoDrill
        If none is played here.
    """
    row = Drill.objects.first()
    if row is None:
        raise NoDrill()
    scenario = rules.scenario(row.scenario)
    map_, on = atlas(), row.begins.astimezone(VIETNAM).date()
    places = casting.cast(map_, scenario, on, row.seed)
    told = story.tell(
        scenario, places, drill=row.id, begins=row.begins, seed=row.seed, side=row.side
    )
    since = journal.operation(by=Actor.program(on), id=row.id)
    return kind(
        row.id, scenario, places, told, row.begins, row.ends, row.side,
        since.position if since else 0,
    )  # fmt: skip


def _responds(kind: str, said: Mapping[str, Any]) -> bool:
    if kind == "surveillance.triage_alarm":
        return bool(said.get("decision") == "open-outbreak")
    return kind in RESPONSES
