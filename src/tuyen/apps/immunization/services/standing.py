"""Where people stand in the schedule: worked out by the engine in the commit that changes their
doses, and kept, so that no list and no page works it out again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.immunization import packs
from tuyen.apps.immunization.evaluating import Asked, judged
from tuyen.apps.immunization.milestones import MILESTONES, full_on, reached_on
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.immunization.sameness import Row
from tuyen.apps.immunization.timeline import Step, next_change, step_of, timeline
from tuyen.apps.journal import bulk, store
from tuyen.apps.registry.queries import Vital
from tuyen.engines.immunization import GroupAnswer, Pack
from tuyen.kernel.ids import derived_id

CHILD = (
    "person_id", "place_id", "sex", "born_on", "active", "pack", "evaluated_on", "look_again_on",
    "doses", "last_on", "next_on", "due_on", "past_due_on", *MILESTONES, "full_on", "unsure",
)  # fmt: skip
STATUS = (
    "id", "person_id", "place_id", "born_on", "active", "group", "status", "dose_number",
    "earliest_on", "recommended_on", "past_due_on", "valid", "given", "judged", "pack",
    "evaluated_on",
)  # fmt: skip

_LONGEST = timedelta(days=184)  # nobody is left longer without being looked at again
_encode = msgspec.json.Encoder(uuid_format="hex").encode


class Looked(NamedTuple):
    """Somebody whose doses changed, or who is looked at again: the record that stands for them, all
    their records, the doses that count, and the day."""

    person: Vital
    records: frozenset[UUID]
    doses: Sequence[Row]
    on: date


Answered = tuple[Looked, Pack, Sequence[GroupAnswer]]


def keep(people: Sequence[Looked], map_: Any) -> None:
    """Write the rows of these people anew: five statements for any number of them."""
    if not people:
        return
    gone = {record for one in people for record in one.records}
    for model in (Child, Status):
        model._default_manager.filter(person__id__among=gone)._raw_delete(using=store.alias())
    children, statuses, known = [], [], timeline()
    for one, pack, groups in _answers(people, map_, known):
        children.append(_child(one, pack, groups, known))
        statuses += _statuses(one, pack, groups)
    if children:
        bulk.insert(Child, CHILD, children)
    if statuses:
        bulk.insert(Status, STATUS, statuses)


def _answers(people: Sequence[Looked], map_: Any, known: Sequence[Step]) -> list[Answered]:
    """What the pack in force for each of them says; people of one pack and day are asked at once."""
    lives: dict[tuple[UUID | None, date], packs.Where] = {}
    asked: dict[tuple[int, date], tuple[Pack, list[Looked]]] = {}
    for one in people:
        person = one.person
        if person.voided or person.merged_into is not None:
            continue
        key = person.place, one.on
        if key not in lives:
            lives[key] = packs.where(map_, *key)
        code = step_of(one.on, known).pack
        pack = packs.pack_in_force(one.on, lives[key], person.born_on, code)
        asked.setdefault((id(pack), one.on), (pack, []))[1].append(one)
    found: list[Answered] = []
    for (_, on), (pack, group) in asked.items():
        said = judged(pack, [_asked(one) for one in group], on)
        found += [(one, pack, groups) for one, groups in zip(group, said, strict=True)]
    return found


def _asked(one: Looked) -> Asked:
    doses = sorted(one.doses, key=lambda row: (row["given_on"], row["id"]))
    return Asked(one.person.born_on, one.person.sex, doses)


def _child(
    one: Looked, pack: Pack, groups: Iterable[GroupAnswer], known: Sequence[Step]
) -> tuple[Any, ...]:
    open_ = [group for group in groups if group.status == "not_complete"]
    valid = valid_days(groups)
    person = one.person
    return (
        person.id, person.place, person.sex, person.born_on, person.here, packs.name(pack), one.on,
        again(pack, person.born_on, open_, one.on, next_change(one.on, known)), len(one.doses),
        max((row["given_on"] for row in one.doses), default=None),
        _first(group.earliest for group in open_), _first(group.recommended for group in open_),
        _first(group.past_due for group in open_),
        *(reached_on(valid, name) for name in MILESTONES),
        full_on(valid, one.on), any(row["precision"] != "day" for row in one.doses),
    )  # fmt: skip


def _statuses(one: Looked, pack: Pack, groups: Iterable[GroupAnswer]) -> list[tuple[Any, ...]]:
    person, doses = one.person, _asked(one).doses
    rows = []
    for group in groups:
        if group.status is None and not group.doses:
            continue
        days = sorted(dose.date for dose in group.doses if dose.status == "valid")
        said = [(doses[dose.n]["id"], dose.status, dose.reasons) for dose in group.doses]
        rows.append((
            derived_id(person.id, "status", group.vaccine_group), person.id, person.place,
            person.born_on, person.here, group.vaccine_group, group.status or "",
            group.dose_number, group.earliest, group.recommended, group.past_due, len(days),
            ",".join(day.isoformat() for day in days), _encode(said).decode() if said else "",
            packs.name(pack), one.on,
        ))  # fmt: skip
    return rows


def valid_days(groups: Iterable[GroupAnswer]) -> Mapping[str, Sequence[date]]:
    """The days of the valid doses of each vaccine group, oldest first."""
    return {
        group.vaccine_group: sorted(dose.date for dose in group.doses if dose.status == "valid")
        for group in groups
    }


def again(
    pack: Pack, born: date, open_: Iterable[GroupAnswer], on: date, changes: date | None = None
) -> date:
    """The first day on which the calendar alone may change what was said: a group can be too old
    from the day after its latest, a rule of the pack may begin or end with an age, and another
    pack may begin (``changes``)."""
    days = [on + _LONGEST]
    days += [changes] if changes is not None else []
    days += [group.latest + timedelta(days=1) for group in open_ if group.latest is not None]
    days += [pack.parameters.calendar.age(born, age) for age in packs.ages(pack)]
    return min(day for day in days if day > on)


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
