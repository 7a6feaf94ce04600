"""What was done to a dose after it was recorded, as rows that are found by the dose."""

from typing import Any

import msgspec

from tuyen.apps.immunization.sameness import Row
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry

COLUMNS = (
    "id", "entry_id", "dose_id", "what", "changes", "reason", "unit_id", "author_id", "received_at",
)  # fmt: skip
_DONE = {
    "immunization.amend_dose": "amended",
    "immunization.void_dose": "voided",
    "immunization.resolve_duplicate": "resolved",
}
_SAID_ELSEWHERE = ("revision", "voided_at", "void_reason")  # by the row itself
_encode = msgspec.json.Encoder().encode


def of(entry: Entry[Any], held: Row, row: Row) -> tuple[Any, ...]:
    """The step of an operation at one dose: what stood there, and what stands there now."""
    names = [
        column for column in held if held[column] != row[column] and column not in _SAID_ELSEWHERE
    ]
    if "given_on" in names and "precision" not in names:
        names.append("precision")  # a day means nothing without how exactly it is known
    changes = {
        side: {name: of_side[name] for name in names}
        for side, of_side in (("before", held), ("after", row))
    }  # fmt: skip
    return (
        derived_id(entry.id, "step", row["id"]), entry.id, row["id"],
        _DONE[entry.payload.KIND.name], _encode(changes).decode() if names else "",
        entry.payload.reason.strip(), entry.unit, entry.author, entry.received_at,
    )  # fmt: skip
