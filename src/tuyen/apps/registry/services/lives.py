"""What happens in a life: days that follow one another, and a death."""

from datetime import date, timedelta
from typing import Any

from tuyen.apps.journal import bulk
from tuyen.apps.registry.models import FormerDeath, Membership, Residence
from tuyen.apps.registry.operations import AmendDeathDay, RecordDeath, VoidDeath
from tuyen.apps.registry.refusals import (
    AfterDeath,
    DeathOfAnotherDay,
    MovesBackward,
    NotOnRecordAsDead,
    SameDayOfDeath,
)
from tuyen.apps.registry.services.people import Book, recorded_on
from tuyen.apps.registry.services.records import DATED, Records
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_FORMER = ("id", "person_id", "died_on", "reason", "author_id", "received_at")


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


@applies(AmendDeathDay)
def amend_deaths(batch: Batch[AmendDeathDay]) -> None:
    """What had ended the day after the wrong day, or reaches beyond the right one, ends the day after
    that one. What ended before by itself stays as it is."""
    book = Book()
    records = Records.load((entry.payload.person for entry in batch.entries), *DATED)
    former = []
    for entry in batch.entries:
        said = entry.payload
        try:
            person = records.usable(said.person)
            book.within_reach(entry, person.place_id)
            _check_day(book, records, entry, person)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        former.append((entry.id, person.pk, said.was, said.reason, entry.author, entry.received_at))
        records.change(person, died_on=said.on)
        records.touch(entry.id, [person.place_id])
        before, end = said.was + timedelta(days=1), said.on + timedelta(days=1)
        for model in DATED:
            for row in records[model].of(person.pk):
                reaches = row.until is None or row.until > end or row.until == before
                if reaches and (row.since or date.min) < end:
                    records[model].change(row, until=end)
    records.save()
    if former:
        bulk.insert(FormerDeath, _FORMER, former)


@applies(VoidDeath)
def void_deaths(batch: Batch[VoidDeath]) -> None:
    """Where somebody lived and with whom goes on as if there had been no death: what had ended the day
    after it has no end. Insurance stays ended, for its own end is on record no more."""
    book = Book()
    records = Records.load((entry.payload.person for entry in batch.entries), Residence, Membership)
    former = []
    for entry in batch.entries:
        said = entry.payload
        try:
            person = records.usable(said.person)
            book.within_reach(entry, person.place_id)
            _check_standing(person, said.was)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        former.append((entry.id, person.pk, said.was, said.reason, entry.author, entry.received_at))
        records.change(person, died_on=None, death_cause="")
        records.touch(entry.id, [person.place_id])
        end = said.was + timedelta(days=1)
        for model in (Residence, Membership):
            for row in records[model].of(person.pk):
                if row.until == end:
                    records[model].change(row, until=None)
    records.save()
    if former:
        bulk.insert(FormerDeath, _FORMER, former)


def _check_standing(person: Any, was: date) -> None:
    """The death that is corrected is the one on record."""
    if person.died_on is None:
        raise NotOnRecordAsDead(name=person.name)
    if person.died_on != was:
        raise DeathOfAnotherDay(died_on=person.died_on, was=was)


def _check_day(book: Book, records: Records, entry: Entry[AmendDeathDay], person: Any) -> None:
    """The person lived until the right day of the death that is corrected."""
    said = entry.payload
    _check_standing(person, said.was)
    if said.on == said.was:
        raise SameDayOfDeath(died_on=said.was)
    book.check_day("on", said.on, person.born_on, recorded_on(entry))
    for stay in records[Residence].of(person.pk):
        if stay.since is not None and stay.since > said.on:
            raise AfterDeath(field="since", day=stay.since, died_on=said.on)
