"""What the register does by itself: after each commit for people who changed, every night for all
whom the calendar changed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Child
from tuyen.apps.immunization.operations import Follow
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import (
    AmendDeathDay,
    AmendPerson,
    MergePersons,
    MoveHousehold,
    MovePerson,
    RecordDeath,
    RegisterHousehold,
    RegisterPerson,
    UndoMerge,
    VoidDeath,
    VoidPerson,
)
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Entry, Operation, Receipt, reacts
from tuyen.kernel.refusal import N_
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.immunization import programme

AT_ONCE = 500


@reacts(RegisterPerson, RegisterHousehold, AmendPerson, VoidPerson, MovePerson, MoveHousehold,
        RecordDeath, AmendDeathDay, VoidDeath, MergePersons, UndoMerge)  # fmt: skip
def follow_changed(entries: Sequence[Entry[Any]]) -> None:
    """Look anew at the children whom a commit registered, moved, merged, or said to have died."""
    at = max(entry.received_at for entry in entries)
    on = at.astimezone(VIETNAM).date()
    parted = {entry.payload.merge for entry in entries if isinstance(entry.payload, UndoMerge)}
    changed = strays(on, named(entries)) + joined(on, entries, parted)
    if changed:
        commit(by=Actor.program(on), operations=follow(changed, on, at), at=at)


def named(entries: Sequence[Entry[Any]]) -> set[UUID] | None:
    """The people whom operations on the registry are about; None: ask for everybody, for whom a
    household holds is in the tables."""
    found: set[UUID] = set()
    for entry in entries:
        said = entry.payload
        if isinstance(said, RegisterPerson):
            found.add(entry.id)
        elif isinstance(said, RegisterHousehold):
            found |= {member.id for member in said.members}
        elif isinstance(
            said, (AmendPerson, VoidPerson, MovePerson, RecordDeath, AmendDeathDay, VoidDeath)
        ):
            found.add(said.person)
        elif isinstance(said, MoveHousehold):
            return None
    return found


@walls.whole("records that were merged or parted hold their doses together or apart")
def joined(on: date, entries: Sequence[Entry[Any]], parted: set[UUID]) -> list[UUID]:
    """Both records of each merger made or undone, where either is followed."""
    pairs = [(e.payload.kept, e.payload.duplicate) for e in entries
             if isinstance(e.payload, MergePersons)]  # fmt: skip
    if parted:
        pairs += registry.merged_pairs(by=Actor.program(on), merges=parted)
    people = {person for pair in pairs for person in pair}
    known = _followed(people).keys() if people else set()
    return sorted(person for pair in pairs if known & set(pair) for person in pair)


@walls.whole("whom the register of doses has to follow")
def strays(on: date, among: set[UUID] | None = None) -> list[UUID]:
    """People of whom the register and the registry do not say the same: those to be followed who
    are not, and those who moved, died, were merged, or whose birth was corrected. Two queries."""
    by = Actor.program(on)
    if among is not None and not among:
        return []
    known = _followed(among)
    if among is None:
        there = registry.born_since(by=by, day=_youngest(on))
        there |= registry.vitals(by=by, ids=known.keys() - there.keys())
    else:
        there = registry.vitals(by=by, ids=among)
    found = []
    for id, person in there.items():
        held = known.get(id)
        if held is None:
            if person.here and person.born_on >= _youngest(on):
                found.append(id)
        elif held != (person.place, person.sex, person.born_on, person.here):
            found.append(id)
    return sorted(found)


@walls.whole("whom the calendar changed")
def due_again(on: date) -> list[UUID]:
    """People of whom the calendar alone may have changed something by a day: one query."""
    rows = Child.objects.filter(active=True, look_again_on__lte=on).values_list("person_id")
    return sorted(id for (id,) in fetch(rows))


@walls.whole("whom a copy of the register has to follow as well")
def followed() -> list[UUID]:
    """Everybody whom the register follows: one query."""
    return sorted(id for (id,) in fetch(Child.objects.values_list("person_id")))


def follow(people: Iterable[UUID], on: date, at: datetime) -> list[Operation]:
    """Operations that look at people anew, so many at once as one may name."""
    ids = list(dict.fromkeys(people))
    return [
        Operation.of(
            Follow(people=tuple(ids[start : start + AT_ONCE])), id=uuid7(), unit=NODE,
            happened_on=on, recorded_at=at,
        )
        for start in range(0, len(ids), AT_ONCE)
    ]  # fmt: skip


class Step(NamedTuple):
    """One part of the night's work: a sentence of what it did, and what the journal refused."""

    template: str
    values: dict[str, Any]
    refused: list[Receipt]


def night(*, on: date, at: datetime) -> Iterator[Step]:
    """Follow who is not followed yet, and look again at those whom the calendar changed. Done again
    without anything new it commits nothing."""
    people = list(dict.fromkeys([*strays(on), *due_again(on)]))
    operations = follow(people, on, at)
    receipts = commit(by=Actor.program(on), operations=operations, at=at) if operations else []
    refused = [receipt for receipt in receipts if not receipt.ok]
    yield Step(
        N_("{count} people looked at again by the schedule"), {"count": len(people)}, refused
    )


def _followed(among: set[UUID] | None) -> dict[UUID, tuple[Any, ...]]:
    rows = Child.objects.all() if among is None else Child.objects.filter(person__id__among=among)
    columns = ("person_id", "place_id", "sex", "born_on", "active")
    return {id: tuple(facts) for id, *facts in fetch(rows.values_list(*columns))}


def _youngest(on: date) -> date:
    """Who was born on this day or later is followed."""
    return on.replace(year=on.year - programme.followed_years(on), day=min(on.day, 28))
