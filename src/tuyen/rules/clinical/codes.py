"""ICD-10 codes by the version in force on a day: ranges of categories, and what came and went since.

The ranges are those of ``claims/diagnoses``; ``clinical/icd_changes`` names the codes that began or
ended on a day of their own, and what is written instead.
"""

import datetime
import re
from bisect import bisect_right
from functools import cache
from typing import Literal, NamedTuple

from tuyen.rules.loader import load
from tuyen.rules.surveillance import icd10

TRADITIONAL = re.compile(r"[A-Z]\d{2}(\.\d{1,4}){0,3}")

Standing = Literal["known", "unknown", "misshapen", "ended", "not-yet"]


class Judged(NamedTuple):
    """What is known of a code on a day. ``instead`` is what is written where it ended."""

    standing: Standing
    instead: str = ""


def normal(code: str) -> str | None:
    """``code`` as letters and digits with its dot; None where it has not that shape.

    >>> normal(" e119 "), normal("I10"), normal("10")
    ('E11.9', 'I10', None)
    """
    try:
        return icd10.normal(code)
    except ValueError:
        return None


def judge(code: str, on: datetime.date) -> Judged:
    """Whether a code stood on the list of a day, that of the end of a visit."""
    plain = normal(code)
    if plain is None:
        return Judged("misshapen")
    for change in (plain, plain[:3]):
        if (row := _changes().get(change)) is not None:
            since, until, instead = row
            if until is not None and on >= until:
                return Judged("ended", instead)
            if on < since and until is None:
                return Judged("not-yet")
    return Judged("known" if _within("block", plain[:3], on) else "unknown")


def may_be_main(code: str, on: datetime.date) -> bool:
    """Whether a code says what somebody has, not what caused it."""
    return not _within("not-main", code[:3], on)


def _within(about: str, category: str, on: datetime.date) -> bool:
    """Whether a category lies in a range of the version of a day; the first version before any."""
    firsts, lasts = _ranges(about, _version(on))
    at = bisect_right(firsts, category) - 1
    return at >= 0 and category <= lasts[at]


@cache
def _versions() -> tuple[datetime.date, ...]:
    return tuple(sorted({row["from"] for row in load("claims/diagnoses")}))


def _version(on: datetime.date) -> datetime.date:
    versions = _versions()
    return versions[max(0, bisect_right(versions, on) - 1)]


@cache
def _ranges(about: str, version: datetime.date) -> tuple[list[str], list[str]]:
    rows = sorted(
        (row["first"], row["last"])
        for row in load("claims/diagnoses")
        if row["about"] == about and row["from"] <= version
    )
    return [first for first, _ in rows], [last for _, last in rows]


@cache
def _changes() -> dict[str, tuple[datetime.date, datetime.date | None, str]]:
    return {
        row["code"]: (
            row["from"],
            datetime.date.fromisoformat(row["until"]) if row["until"] else None,
            row["instead"] or "",
        )
        for row in load("clinical/icd_changes")
    }
