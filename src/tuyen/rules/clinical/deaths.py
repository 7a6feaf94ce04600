"""How a station describes a death, by the rule ``clinical/deaths``."""

from collections.abc import Mapping

from tuyen.rules.loader import load

Words = Mapping[str, Mapping[str, str]]

MOTHERS = ("pregnant", "birth", "after")
"""What makes the death of a woman a mother's."""


def words(what: str) -> Words:
    """The words of a question (place, certified_by, mother) by their keys, in three languages."""
    found: Words = load("clinical/deaths")["words"][what]
    return found


def newborn_days() -> int:
    """Completed days of life below which a child's death is a newborn's."""
    days: int = load("clinical/deaths")["newborn_days"]
    return days
