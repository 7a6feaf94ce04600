"""The books of a month, closed."""

from typing import Annotated

from msgspec import Meta

from tuyen.apps.clinical.operations.words import Note
from tuyen.kernel.operation import Payload, operation


@operation("clinical.close_month", version=1, right="clinical.visit.record")
class CloseMonth(Payload, frozen=True, kw_only=True):
    """Freeze the figures of the unit's month ("2026-10"). No figure is told: they are counted."""

    month: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]
    note: Note = ""
