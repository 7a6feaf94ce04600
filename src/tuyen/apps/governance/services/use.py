"""The use of equipment, month by month. A batch takes a constant number of queries."""

from calendar import monthrange
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.governance import bulk
from tuyen.apps.governance.models import EquipmentUse
from tuyen.apps.governance.operations import NoteUse
from tuyen.apps.governance.refusals import DaysBeyondMonth, UnknownPiece
from tuyen.apps.supply import queries as supply
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM

_USE = ("id", "piece_id", "unit_id", "kind", "month", "days", "times", "on", "author_id")


@applies(NoteUse)
def note_use(batch: Batch[NoteUse]) -> None:
    """What was said last of a piece and a month stands."""
    if not batch.entries:
        return
    last = max(entry.happened_on for entry in batch.entries)
    pieces = {
        one.id: one
        for one in supply.pieces(
            by=Actor.program(last), on=last, ids={e.payload.piece for e in batch.entries}
        )
    }
    rows: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            piece = pieces.get(said.piece)
            if piece is None or piece.unit != entry.unit:
                raise UnknownPiece(piece=said.piece)
            _within(entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        id = derived_id(said.piece, "use", said.month)
        values = (id, said.piece, entry.unit, piece.kind, said.month, said.days, said.times,
                  entry.happened_on, entry.author)  # fmt: skip
        rows[id] = dict(zip(_USE, values, strict=True))
    bulk.replace(EquipmentUse, rows, _USE, rows.values())


def _within(entry: Entry[NoteUse]) -> None:
    """No more days than the month has had."""
    said, today = entry.payload, entry.received_at.astimezone(VIETNAM).date()
    year, month = int(said.month[:4]), int(said.month[5:])
    most = monthrange(year, month)[1]
    if (year, month) == (today.year, today.month):
        most = today.day
    elif (year, month) > (today.year, today.month):
        most = 0
    if said.days > most:
        raise DaysBeyondMonth(month=said.month, most=most, days=said.days)
