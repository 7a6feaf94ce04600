"""The books of a month, closed."""

from typing import Annotated, Any

from msgspec import Meta

from tuyen.apps.clinical.operations.words import Note
from tuyen.kernel.operation import Payload, operation


def _as_it_was(said: dict[str, Any]) -> dict[str, Any]:
    """Version 1 froze the books that there were then; version 2 those of doses, deaths, malaria, mental
    health, tuberculosis and HIV too; version 3 that of health education."""
    return said


@operation(
    "clinical.close_month", version=3, right="clinical.visit.record",
    upcasts={1: _as_it_was, 2: _as_it_was},
)  # fmt: skip
class CloseMonth(Payload, frozen=True, kw_only=True):
    """Freeze the figures of the unit's month ("2026-10"). No figure is told: they are counted."""

    month: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]
    note: Note = ""
