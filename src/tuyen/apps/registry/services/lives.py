"""What happens in a life: people move, and people die."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.registry.models import Household, Membership, PersonName, Residence
from tuyen.apps.registry.operations import MovePerson, RecordDeath
from tuyen.apps.registry.refusals import MovesBackward, UnknownHousehold
from tuyen.apps.registry.services.people import Book, recorded_on
from tuyen.apps.registry.services.records import DATED, Records
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(MovePerson)
def move_persons(batch: Batch[MovePerson]) -> None:
    """Somebody may move twice in one batch: each entry sees where the one before has led."""
    book = Book()
    records = Records.load(
        (entry.payload.person for entry in batch.entries), Residence, Membership, PersonName
    )
    homes = Household.objects.in_bulk(
        {entry.payload.household for entry in batch.entries if entry.payload.household}
    )
    for entry in batch.entries:
        try:
            _move(book, records, homes, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    records.save()


def _move(
    book: Book, records: Records, homes: dict[UUID, Household], entry: Entry[MovePerson]
) -> None:
    move = entry.payload
    person = records.alive(move.person)
    since = move.since or entry.happened_on
    household = None
    if move.household is not None:
        household = homes.get(move.household)
        if household is None:
            raise UnknownHousehold(household=move.household)
    place = move.place or (household.place_id if household else None)
    book.within_reach(entry, person.place_id, place)
    if place is not None:
        book.place("place", place, since)
    book.check_day("since", since, person.born_on, recorded_on(entry))
    check_forward(records, person, since)
    member: Any = next(iter(records[Membership].open(person.pk)), None)
    leaves = member is not None and member.household_id != move.household
    if leaves and member.since is not None and since <= member.since:
        raise MovesBackward(field="since", day=since, since=member.since, name=person.name)
    if leaves:
        records[Membership].change(member, until=since)
    if move.household is not None and (member is None or leaves):
        records[Membership].add(
            Membership(
                id=derived_id(entry.id, "membership"), person_id=person.pk,
                household_id=move.household, role=move.role, since=since,
            )
        )  # fmt: skip
    records.change(person, household_id=move.household)
    records.settle(entry.id, person, place, since, move.stay)


def check_forward(records: Records, person: Any, since: date) -> None:
    """A move lies after the one before."""
    for stay in records[Residence].open(person.pk):
        if since <= (stay.since or date.min):
            raise MovesBackward(field="since", day=since, since=stay.since, name=person.name)


@applies(RecordDeath)
def record_deaths(batch: Batch[RecordDeath]) -> None:
    """What would have gone on ends the day after."""
    book = Book()
    records = Records.load((entry.payload.person for entry in batch.entries), *DATED)
    for entry in batch.entries:
        death = entry.payload
        try:
            person = records.alive(death.person)
            book.within_reach(entry, person.place_id)
            book.check_day("on", death.on, person.born_on, recorded_on(entry))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        records.change(person, died_on=death.on, death_cause=death.cause)
        records.touch(entry.id, [person.place_id])
        end = death.on + timedelta(days=1)
        for model in DATED:
            for row in records[model].of(person.pk):
                if (row.until is None or row.until > end) and (row.since or date.min) < end:
                    records[model].change(row, until=end)
    records.save()
