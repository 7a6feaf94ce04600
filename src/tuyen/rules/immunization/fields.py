"""The fields that the national system asks of a dose: QĐ 3891/QĐ-BYT, 44 of them, 20 mandatory.

The 20 mandatory were read through two notes; which the 24 others are is partly inferred, and marked so.
"""

from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load
from tuyen.rules.registry.lists import Names


class Field(NamedTuple):
    order: int
    code: str
    about: str  # "person" or "dose"
    mandatory: bool
    kind: str  # text, date, number, code, identifier, area, unit
    values: str  # the rule that lists its values, or the values separated by " | "
    names: Names
    confidence: str
    verified: bool


@cache
def fields() -> tuple[Field, ...]:
    """All fields in their order."""
    return tuple(
        Field(
            int(row["order"]),
            row["code"],
            row["about"],
            row["mandatory"] == "yes",
            row["kind"],
            row["list"] or "",
            Names(row["vi"], row["en"], row["zh"]),
            row["confidence"],
            row["verified"],
        )
        for row in load("immunization/fields_3891")
    )


def missing(record: dict[str, object]) -> list[Field]:
    """The mandatory fields that a record (code -> value) lacks; blank counts as lacking."""
    return [
        field
        for field in fields()
        if field.mandatory and str(record.get(field.code) or "").strip() == ""
    ]
