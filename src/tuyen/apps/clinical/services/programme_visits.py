"""A visit fills the programmes: it enrols, it is a contact, and taken back it leaves no trace.

And the registry empties them: who died, moved away or was merged stands in no panel afterwards.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.declared import APART, PLAIN
from tuyen.apps.clinical.keeping import Row, day_of
from tuyen.apps.clinical.models import Enrolment, SensitiveEnrolment
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.programme_standing import (
    counts_for,
    enrols,
    reading_of,
    values_of,
    written,
)
from tuyen.apps.clinical.services.after_visit import AFTER, VisitChange
from tuyen.apps.clinical.services.rolls import Rolls, contact_id, new_row, roots_of
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry, follows
from tuyen.rules.clinical.programme import Programme, fits_person, programmes

FOLLOWED = (
    "registry.amend_death", "registry.amend_person", "registry.merge_persons", "registry.move_household",
    "registry.move_person", "registry.record_death", "registry.undo_merge", "registry.void_death",
    "registry.void_person",
)  # fmt: skip


def fill_programmes(changes: Sequence[VisitChange]) -> None:
    """Enrol whom a visit enrols, and count it where it counts."""
    concerned = [
        (change, _of(change.before, change.day), _of(change.after, change.day))
        for change in changes
    ]
    every = [one for _, before, after in concerned for one in (*before, *after)]
    if not every:
        return
    people = {
        content.person
        for change, before, after in concerned
        for content in (change.before, change.after)
        if content is not None and (before or after)
    }
    among = [tables for tables, apart in ((PLAIN, False), (APART, True))
             if any(one.sensitive == apart for one in every)]  # fmt: skip
    known = {
        change.after.person: change.whose for change in changes
        if change.after is not None and change.whose is not None and change.after.person in people
    }  # fmt: skip
    rolls = Rolls(people, changes[0].day, among=among, known=known)
    for change, before, after in concerned:
        had = rolls.drop_contacts(change.visit_id) if before else []
        if change.after is not None:
            for one in after:
                _count(rolls, one, change, change.after)
        _leave(rolls, change, had)
    rolls.post()


def _of(content: Content | None, on: date) -> list[Programme]:
    """The programmes for which a visit is a contact."""
    if content is None:
        return []
    return [one for one in programmes().values() if counts_for(one, content, on)]


def _count(rolls: Rolls, one: Programme, change: VisitChange, content: Content) -> None:
    row = _enrolment(rolls, one, change, content)
    if row is None:
        return
    values = values_of(one, content, change.day)
    told = content.next
    after = told is not None and told.programme in ("", one.key) and told.on > change.day
    rolls.put_contact(
        {
            "id": contact_id(change.visit_id, row["id"]), "enrolment_id": row["id"],
            "visit_id": change.visit_id, "unit_id": change.unit, "programme": one.key,
            "day": change.day, "at": content.began_at,
            "appointment": told.on if told is not None and after else None,
            "drugs": len({drug.item for drug in content.prescribed}),
            "reading": reading_of(one, values, change.day), "values": written(values), "new": True,
        }
    )  # fmt: skip


def _enrolment(rolls: Rolls, one: Programme, change: VisitChange, content: Content) -> Row | None:
    """The enrolment that a visit counts for; a new one where the visit enrols."""
    day, person = change.day, content.person
    held = rolls.of(person, one.key)
    for row in held:
        if row["since"] <= day and (row["until"] is None or day < row["until"]):
            by_itself = row["source"] == "visit" and row["entry_id"] == change.visit_id
            # A corrected visit that no longer enrols is no contact of the programme it had begun: a
            # pressure alone would keep somebody in whose diagnosis was another one.
            return None if by_itself and not enrols(one, content, day) else row
    vital = rolls.vital(person)
    if vital is None or not enrols(one, content, day):
        return None
    age = day.year - vital.born_on.year - (
        (day.month, day.day) < (vital.born_on.month, vital.born_on.day)
    )  # fmt: skip
    if not fits_person(one.who(day), age, vital.sex):
        return None
    later = next((row for row in held if row["since"] > day and row["until"] is None), None)
    if later is not None:  # told late: the programme began with this visit
        return rolls.change(later["id"], since=day)
    id = derived_id(change.visit_id, "enrolment", one.key)
    again = rolls.rows.get(id)
    if again is not None:
        return rolls.change(id, since=day, until=None, why="", by_registry=False)
    row = new_row(id, change.entry, person, one.key, day, vital, change.unit, "visit")
    rolls.add(row | {"entry_id": change.visit_id})
    rolls.follow(rolls.stands.get(person, person), day_of(change.entry.received_at))
    return rolls.rows[id]


def _leave(rolls: Rolls, change: VisitChange, had: Sequence[UUID]) -> None:
    """Who was enrolled by a visit that no longer enrols was never in the programme, or is since the
    first contact that is left."""
    for id in had:
        row, left = rolls.rows[id], rolls.contacts.get(id, {})
        if row["entry_id"] != change.visit_id or row["source"] != "visit":
            continue
        if any(contact["visit_id"] == change.visit_id for contact in left.values()):
            continue
        if left:
            rolls.change(id, since=min(contact["day"] for contact in left.values()))
        else:
            rolls.change(id, until=row["since"], why="error", by_registry=False)


AFTER.append(fill_programmes)


@follows(*FOLLOWED, room="clinical")
def follow_registry(entries: Sequence[Entry[Any]]) -> None:
    """Keep panels without ghosts: within the operation that says a death, a move or a merger."""
    on = max(day_of(entry.received_at) for entry in entries)
    people = _people(entries, on)
    rolls = Rolls(people, on, among=(PLAIN, APART)) if people else None
    if rolls is None or not rolls.rows:
        return
    for root in roots_of(rolls, people):
        rolls.follow(root, on)
    rolls.post()


def _people(entries: Sequence[Entry[Any]], on: date) -> set[UUID]:
    """Whom operations on the registry are about, by the fields of their payloads; of a household
    those of it who are in a programme."""
    people: set[UUID] = set()
    homes: set[UUID] = set()
    merges: set[UUID] = set()
    for entry in entries:
        said = entry.payload
        people |= {
            found for name in ("person", "kept", "duplicate")
            if (found := getattr(said, name, None)) is not None
        }  # fmt: skip
        homes |= {said.household} if hasattr(said, "household") and said.household else set()
        merges |= {said.merge} if hasattr(said, "merge") else set()
    if merges:
        for pair in registry.merged_pairs(by=Actor.program(on), merges=merges):
            people |= set(pair)
    for model in (Enrolment, SensitiveEnrolment) if homes else ():
        rows = model.objects.filter(person__household__in=homes).values_list("person_id")
        people |= {person for (person,) in fetch(rows)}
    return people
