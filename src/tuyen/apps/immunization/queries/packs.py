"""Schedules: which there are, which is in force when, and whom another would change."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import packs as pack_of
from tuyen.apps.immunization.models import Child, PackActivation
from tuyen.apps.immunization.queries.pack_impact import Impact, Move, impact_of
from tuyen.apps.immunization.timeline import Step, step_of, timeline
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal import store
from tuyen.apps.journal.bulk import fetch
from tuyen.engines.immunization.differences import Difference
from tuyen.engines.immunization.differences import differences as between
from tuyen.engines.immunization.pack import Pack
from tuyen.rules.immunization import schedules

__all__ = [
    "ACTIVATE", "READ", "Activation", "Impact", "Move", "activations", "behind", "differences", "impact",
    "pack_in_force", "step_of", "steps",
]  # fmt: skip

READ = "immunization.coverage.read"
ACTIVATE = "immunization.pack.activate"
_KEPT = 8


class Activation(NamedTuple):
    """A decision about the schedule, and what became of it."""

    id: UUID
    pack: str
    effective_on: date
    reason: str
    people: int | None
    changed: int | None
    author: UUID | None
    received_at: datetime
    rolled_back_at: datetime | None
    rolled_back_by: UUID | None
    rollback_reason: str


def pack_in_force(
    *, by: Actor, on: date, province: str | None = None, commune: str | None = None,
    known_at: datetime | None = None,
) -> Pack:  # fmt: skip
    """The schedule of a day as it holds in a province or commune (codes of that day's map), for
    somebody of whom nothing else is known; with ``known_at`` by what was decided until then."""
    policies.check(by, READ)
    code = step_of(on, timeline(known_at)).pack
    return pack_of.of_regime(code, schedules.outside(code, on, province=province, commune=commune))


def steps(*, by: Actor, known_at: datetime | None = None) -> tuple[Step, ...]:
    """From which day on which schedule is in force, by the law or by a decision."""
    policies.check(by, READ)
    return timeline(known_at)


def activations(*, by: Actor) -> list[Activation]:
    """Every decision about the schedule, the latest first."""
    policies.check(by, READ)
    rows = PackActivation.objects.order_by("-received_at", "id").values_list(
        "id", "pack", "effective_on", "reason", "people", "changed", "author_id", "received_at",
        "rolled_back_at", "rolled_back_by_id", "rollback_reason",
    )  # fmt: skip
    return [Activation(*row) for row in fetch(rows)]


def behind(*, by: Actor, on: date) -> int:
    """How many children in the reader's reach are still kept by another schedule than that of a day."""
    code = step_of(on, timeline()).pack
    name = pack_of.name_of(code)
    scope = policies.scope(by, READ)
    rows = Child.objects.filter(scope.where("place_id"), active=True).exclude(pack=name)
    return int(rows.count())


def differences(*, by: Actor, old: str, new: str) -> tuple[Difference, ...]:
    """The cells in which two schedules differ for the whole country.

    Raises
    ------
    KeyError
        If one of them does not exist.
    """
    policies.check(by, READ)
    return between(*(_country(code) for code in (old, new)))


def impact(*, by: Actor, pack: str, on: date) -> Impact:
    """Who would stand otherwise on a day if this schedule were in force, by commune: everybody whom
    the register follows. Worked out once for a state of the register.

    Raises
    ------
    KeyError
        If there is no such schedule.
    """
    policies.check(by, ACTIVATE)
    schedules.regime(pack)
    old = step_of(on, timeline()).pack
    revisions = tuple(journal.revision(room) for room in ("immunization", "registry"))
    key = (store.alias(), revisions, old, pack, on)
    if key not in _IMPACTS:
        while len(_IMPACTS) >= _KEPT:
            _IMPACTS.pop(next(iter(_IMPACTS)))
        _IMPACTS[key] = impact_of(old, pack, on)
    return _IMPACTS[key]


_IMPACTS: dict[tuple[object, ...], Impact] = {}


def _country(code: str) -> Pack:
    return pack_of.of_regime(code, schedules.unlisted(code))
