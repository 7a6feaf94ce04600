"""What the vial monitors of a lot showed at a holder, last looked at."""

from typing import Any
from uuid import UUID

from tuyen.apps.supply import bulk
from tuyen.apps.supply.models import VialMonitor
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry

SPENT = 3
"""From this stage on a vial has had too much heat."""
_MONITOR = ("id", "unit_id", "holder_id", "lot_id", "stage", "on", "changed_at")


class Monitors:
    """The readings that a batch brings; the last of a lot at a holder stands."""

    def __init__(self, batch: Batch[Any]) -> None:
        self._rows: dict[UUID, dict[str, Any]] = {}

    @staticmethod
    def state(stage: int | None, otherwise: str = "usable") -> str:
        """The shelf on which vials with monitors at a stage belong."""
        return "quarantined" if stage is not None and stage >= SPENT else otherwise

    def seen(self, entry: Entry[Any], lot: UUID, holder: UUID | None, stage: int | None) -> None:
        if stage is None:
            return
        at = holder or entry.unit
        id = derived_id(at, "monitor", lot)
        self._rows[id] = dict(zip(
            _MONITOR, (id, entry.unit, at, lot, stage, entry.happened_on, entry.received_at),
            strict=True,
        ))  # fmt: skip

    def post(self) -> None:
        bulk.replace(VialMonitor, list(self._rows), _MONITOR, self._rows.values())
