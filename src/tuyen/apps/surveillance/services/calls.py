"""Calls and telephones as rows."""

from collections.abc import Sequence
from uuid import UUID

from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import SignalCall, UnitPhone
from tuyen.apps.surveillance.operations.calls import KeepUnitPhone, LogCall
from tuyen.apps.surveillance.refusals import NoPhone, SayWhatWasTold, UnknownUnit
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies

_PHONE = ("id", "unit_id", "phone", "note", "changed_at")
_CALL = (
    "id", "commune_id", "subject", "called_id", "outcome", "said", "called_on", "at", "author_id",
)  # fmt: skip
_ANSWERED = ("real", "not-real", "unclear")
_SHORTEST = 3  # letters of what somebody else will read


@applies(KeepUnitPhone)
def keep_phones(batch: Batch[KeepUnitPhone]) -> None:
    """Keep the newest number of each unit, or none."""
    map_ = places.atlas()
    ids = {entry.id: derived_id(entry.unit, "phone") for entry in batch.entries}
    held = set(UnitPhone.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
    there = set(held)
    rows: dict[UUID, Sequence[object] | None] = {}
    for entry in batch.entries:
        id, said = ids[entry.id], entry.payload
        if map_.unit(entry.unit) is None:
            batch.refuse(entry, UnknownUnit(unit=entry.unit))
        elif not said.phone and id not in there:
            batch.refuse(entry, NoPhone())
        elif not said.phone:
            there.discard(id)
            rows[id] = None
        else:
            there.add(id)
            rows[id] = (id, entry.unit, said.phone.strip(), said.note.strip(), entry.received_at)
    bulk.replace(
        UnitPhone,
        [id for id in rows if id in held],
        _PHONE,
        [row for row in rows.values() if row is not None],
    )


@applies(LogCall)
def log_calls(batch: Batch[LogCall]) -> None:
    """Keep calls as they were told; nothing else changes by them."""
    map_ = places.atlas()
    rows = []
    for entry in batch.entries:
        said = entry.payload
        unknown = next((u for u in (entry.unit, said.called) if map_.unit(u) is None), None)
        if unknown is not None:
            batch.refuse(entry, UnknownUnit(unit=unknown))
        elif said.outcome in _ANSWERED and len(said.said.strip()) < _SHORTEST:
            batch.refuse(entry, SayWhatWasTold())
        else:
            rows.append((entry.id, entry.unit, said.subject, said.called, said.outcome,
                         said.said.strip(), entry.happened_on, entry.received_at, entry.author))  # fmt: skip
    bulk.insert(SignalCall, _CALL, rows)
