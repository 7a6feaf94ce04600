"""The classes of the monthly report of non-communicable diseases."""

from dataclasses import dataclass, replace
from functools import cache

from tuyen.rules.clinical.programme import Words
from tuyen.rules.clinical.reading import read
from tuyen.rules.loader import BadRule, load


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
    return {
        key: replace(one, codes=tuple(code for text in one.codes for code in spread(text)))
        for key, one in found.items()
    }


def spread(text: str) -> list[str]:
    """The categories of a range; what is no range stands for itself.

    >>> spread("I20-I25"), spread("E66"), spread("F08-F11")
    (['I20', 'I21', 'I22', 'I23', 'I24', 'I25'], ['E66'], ['F08', 'F09', 'F10', 'F11'])

    Raises
    ------
    BadRule
        If a range goes over a letter, or backwards.
    """
    first, _, last = text.partition("-")
    if not last:
        return [text]
    low, high = first[1:], last[1:]
    if not (low.isdecimal() and high.isdecimal() and first[0] == last[0] and low <= high):
        raise BadRule(f"clinical/ncd_classes: {text!r} is no range; write it as I20-I25")
    return [f"{first[0]}{number:02d}" for number in range(int(low), int(high) + 1)]


def class_of(code: str) -> str:
    """The class of a code of ICD-10; empty where the report does not count it.

    >>> class_of("I10"), class_of("F41.1"), class_of("I21.9"), class_of("A90")
    ('hypertension', 'neurotic', 'ischaemic-heart', '')
    """
    return next((key for key, one in classes().items() if code.startswith(one.codes)), "")


def due_days() -> int:
    """Working days after the month within which a station reports."""
    return int(load("clinical/ncd_classes")["due_days"])
