"""Schedules: which there are, which is in force when, and whom another would change."""

import time
from datetime import date, datetime
from functools import partial
from statistics import median
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import packs as pack_of
from tuyen.apps.immunization.evaluating import given
from tuyen.apps.immunization.models import Child, Dose, PackActivation
from tuyen.apps.immunization.sameness import Row
from tuyen.apps.immunization.timeline import Step, step_of, timeline
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal import store
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization import Person, evaluate_many
from tuyen.engines.immunization.differences import Difference
from tuyen.engines.immunization.differences import differences as between
from tuyen.engines.immunization.impact import (
    WORTH_SIEVING,
    Case,
    Change,
    Count,
    Kind,
    Sieve,
    changes,
    counted,
)
from tuyen.engines.immunization.pack import Pack
from tuyen.rules.immunization import schedules

READ = "immunization.coverage.read"
ACTIVATE = "immunization.pack.activate"
_GENDER = {1: "M", 2: "F"}
_KEPT = 8
_UNMOVED = 10**9


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


class Move(NamedTuple):
    """How many people go from one status to another in a group."""

    group: str
    kind: str
    before: str  # a status of the engine; "" where nobody called them
    after: str
    people: int
    days: int | None  # by how many days the next dose moves, the middle of them all


class Impact(NamedTuple):
    """Whom a schedule changes from a day on, against the one in force then."""

    old: str
    new: str
    on: date
    people: int  # compared
    changed: int  # people with a change in any group
    counts: tuple[Count, ...]  # ``commune`` is the id of one, or ""
    moves: tuple[Move, ...]
    seconds: float  # of work


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
        _IMPACTS[key] = _impact(old, pack, on)
    return _IMPACTS[key]


_IMPACTS: dict[tuple[object, ...], Impact] = {}


def _country(code: str) -> Pack:
    return pack_of.of_regime(code, schedules.unlisted(code))


@walls.whole("whom a change of the schedule concerns, in the whole province")
def _impact(old: str, new: str, on: date) -> Impact:
    began = time.process_time()
    cases, lives = _cases(on)

    def of(code: str, case: Case) -> Pack:
        return pack_of.pack_in_force(on, lives[case.key], case.person.dob, code)

    sieve: Sieve | None = None
    if len(cases) >= WORTH_SIEVING:
        from tuyen.engines.immunization.impact_sieve import suspects

        sieve = suspects
    ready = partial(partial, evaluate_many)
    found = list(changes(cases, partial(of, old), partial(of, new), ready, sieve))
    return Impact(
        old, new, on, len(cases), len({one.key for one in found}), counted(found), _moves(found),
        time.process_time() - began,
    )  # fmt: skip


def _moves(found: list[Change]) -> tuple[Move, ...]:
    together: dict[tuple[str, Kind, str, str], list[int]] = {}
    for one in found:
        key = (one.group, one.kind, one.before.status or "", one.after.status or "")
        days = together.setdefault(key, [])
        if one.before.recommended and one.after.recommended:
            days.append((one.after.recommended - one.before.recommended).days)
        else:
            days.append(_UNMOVED)
    moves = []
    for key, days in sorted(together.items()):
        moved = [n for n in days if n not in (0, _UNMOVED)]
        moves.append(Move(*key, len(days), int(median(moved)) if moved else None))
    return tuple(moves)


def _cases(on: date) -> tuple[list[Case], dict[str, pack_of.Where]]:
    """Everybody whom the register follows, with the doses that count, and where they live: three
    queries and those of the map."""
    rows = Child.objects.filter(active=True).order_by("place_id", "person_id")
    children = list(fetch(rows.values_list("person_id", "place_id", "sex", "born_on")))
    doses = _doses({child[0] for child in children})
    atlas = registry.atlas()
    places = {place for _, place, _, _ in children}
    where = {place: pack_of.where(atlas, place, on) for place in places}
    communes = {place: atlas.commune_of(place, on) if place else None for place in places}
    cases, lives = [], {}
    for id, place, sex, born in children:
        key, commune = str(id), communes[place]
        lives[key] = where[place]
        person = Person(dob=born, gender=_GENDER.get(sex, "U"))
        cases.append(Case(key, str(commune or ""), person, given(doses.get(id, ())), on))
    return cases, lives


def _doses(children: set[UUID]) -> dict[UUID, list[Row]]:
    columns = ("person_id", "given_on", "id", "vaccine", "product")
    rows = fetch(Dose.objects.filter(counted=True).order_by("given_on", "id").values_list(*columns))
    kept = [dict(zip(columns, row, strict=True)) for row in rows]
    others = {row["person_id"] for row in kept} - children
    roots = registry.canonical(others) if others else {}
    found: dict[UUID, list[Row]] = {}
    for row in kept:
        found.setdefault(roots.get(row["person_id"], row["person_id"]), []).append(row)
    return found
