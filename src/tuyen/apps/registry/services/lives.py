"""What happens in a life: days that follow one another, and a death."""

from datetime import date, timedelta
from typing import Any

from tuyen.apps.registry.models import Residence
from tuyen.apps.registry.operations import RecordDeath
from tuyen.apps.registry.refusals import MovesBackward
from tuyen.apps.registry.services.people import Book, recorded_on
from tuyen.apps.registry.services.records import DATED, Records
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal


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
