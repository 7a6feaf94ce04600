"""Silences as rows: one for each subject and commune, as it was last said."""

from uuid import UUID

from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import Silence
from tuyen.apps.surveillance.operations import SilenceSignals
from tuyen.apps.surveillance.refusals import NoSilence, SilenceInThePast, UnknownUnit
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies

_COLUMNS = ("id", "commune_id", "subject", "until", "level", "reason", "author_id", "since")


@applies(SilenceSignals)
def silence(batch: Batch[SilenceSignals]) -> None:
    """Silence a subject until a day, instead of an earlier silence; or end it."""
    map_ = places.atlas()
    ids = {entry.id: derived_id(entry.unit, "silence", entry.payload.subject)
           for entry in batch.entries}  # fmt: skip
    held = set(Silence.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
    there = set(held)
    rows: dict[UUID, tuple[object, ...] | None] = {}
    for entry in batch.entries:
        said, id = entry.payload, ids[entry.id]
        if map_.unit(entry.unit) is None:
            batch.refuse(entry, UnknownUnit(unit=entry.unit))
        elif said.until is None and id not in there:
            batch.refuse(entry, NoSilence(subject=said.subject))
        elif said.until is not None and said.until <= entry.happened_on:
            batch.refuse(entry, SilenceInThePast(until=said.until, on=entry.happened_on))
        elif said.until is None:
            there.discard(id)
            rows[id] = None
        else:
            there.add(id)
            rows[id] = (id, entry.unit, said.subject, said.until, said.level, said.reason.strip(),
                        entry.author, entry.received_at)  # fmt: skip
    bulk.replace(
        Silence,
        [id for id in rows if id in held],
        _COLUMNS,
        [row for row in rows.values() if row is not None],
    )
