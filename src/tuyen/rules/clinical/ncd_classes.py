"""The classes of the monthly report of non-communicable diseases."""

from dataclasses import dataclass
from functools import cache

from tuyen.rules.clinical.programme import Words
from tuyen.rules.clinical.reading import read
from tuyen.rules.loader import load


@dataclass(frozen=True, slots=True)
class NcdClass:
    """``book``: the programme whose readings say whether the target was met; ``apart``: its diagnoses
    stand apart."""

    names: Words
    codes: tuple[str, ...]
    book: str = ""
    apart: bool = False


@cache
def classes() -> dict[str, NcdClass]:
    """Every class by its key, in the order of the report. A code is of the first that it fits."""
    found: dict[str, NcdClass] = read(
        load("clinical/ncd_classes")["classes"], dict[str, NcdClass], "clinical/ncd_classes"
    )
    return found


def class_of(code: str) -> str:
    """The class of a code of ICD-10; empty where the report does not count it.

    >>> class_of("I10"), class_of("F41.1"), class_of("A90")
    ('hypertension', 'other-mental', '')
    """
    return next((key for key, one in classes().items() if code.startswith(one.codes)), "")


def due_days() -> int:
    """Working days after the month within which a station reports."""
    return int(load("clinical/ncd_classes")["due_days"])
