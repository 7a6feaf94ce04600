"""Kinds of care, classes of attendance, outcomes and ways of leaving in force on a day: the codes that
the claim needs too."""

import datetime
from functools import cache

from tuyen.rules.claims import book
from tuyen.rules.loader import load


def care_types(on: datetime.date) -> tuple[str, ...]:
    """Codes of the kind of care; a day before the list began is judged by its beginning."""
    return _care_types(max(on, _first("claims/lists")))


def attendances(on: datetime.date) -> tuple[str, ...]:
    """Codes of the class of attendance; a day before the list began is judged by its beginning."""
    return _attendances(max(on, _first("claims/attendance_classes")))


def outcomes(on: datetime.date) -> tuple[str, ...]:
    """Codes of how a treatment ended."""
    return _listed("outcome", max(on, _first("claims/lists")))


def leavings(on: datetime.date) -> tuple[str, ...]:
    """Codes of how somebody left."""
    return _listed("discharge", max(on, _first("claims/lists")))


def _care_types(on: datetime.date) -> tuple[str, ...]:
    return _listed("care-type", on)


@cache
def _listed(name: str, on: datetime.date) -> tuple[str, ...]:
    return tuple(
        row["code"]
        for row in load("claims/lists")
        if row["list"] == name
        and row["from"] <= on
        and (not row["until"] or on < datetime.date.fromisoformat(row["until"]))
    )


@cache
def _attendances(on: datetime.date) -> tuple[str, ...]:
    return tuple(book.classes(on))


@cache
def _first(name: str) -> datetime.date:
    day: datetime.date = min(row["from"] for row in load(name))
    return day
