"""Travel surfaces as rows. A batch takes a constant number of queries."""

from typing import Any

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk
from tuyen.apps.network.models import TravelSurface
from tuyen.apps.network.operations import LoadSurface, WithdrawSurface
from tuyen.apps.network.refusals import SurfaceTwice, UnknownSurface
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal

SURFACE = (
    "id", "unit_id", "title", "sha256", "files", "west", "north", "cell", "rows", "columns", "made_up",
    "loaded_on", "state", "ended_on", "reason", "author_id", "changed_at",
)  # fmt: skip


@applies(LoadSurface)
def load_surfaces(batch: Batch[LoadSurface]) -> None:
    """Note that a surface is there; the same one does not stand twice."""
    hashes = {entry.payload.sha256 for entry in batch.entries}
    standing = TravelSurface.objects.filter(sha256__in=sorted(hashes), state="standing")
    held = dict(fetch(standing.values_list("sha256", "loaded_on")))
    rows = []
    for entry in batch.entries:
        said = entry.payload
        if said.sha256 in held:
            batch.refuse(entry, SurfaceTwice(name=said.title, on=held[said.sha256]))
            continue
        held[said.sha256] = entry.happened_on
        rows.append((
            entry.id, entry.unit, said.title.strip(), said.sha256, msgspec.to_builtins(said.files),
            said.west, said.north, said.cell, said.rows, said.columns, said.made_up,
            entry.happened_on, "standing", None, "", entry.author, entry.received_at,
        ))  # fmt: skip
    bulk.insert(TravelSurface, SURFACE, rows)


@applies(WithdrawSurface)
def withdraw_surfaces(batch: Batch[WithdrawSurface]) -> None:
    """Put surfaces away, with the reason."""
    wanted = {entry.payload.surface for entry in batch.entries}
    found = TravelSurface.objects.filter(pk__among=wanted, state="standing")
    rows: dict[Any, dict[str, Any]] = {
        row[0]: dict(zip(SURFACE, row, strict=True)) for row in fetch(found.values_list(*SURFACE))
    }
    gone: dict[Any, dict[str, Any]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            row = rows.pop(said.surface, None)
            if row is None or row["unit_id"] != entry.unit:
                raise UnknownSurface(surface=said.surface)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        gone[said.surface] = row | {
            "state": "withdrawn", "ended_on": entry.happened_on, "reason": said.reason.strip(),
            "changed_at": entry.received_at,
        }  # fmt: skip
    bulk.replace(TravelSurface, gone, SURFACE, gone.values())
