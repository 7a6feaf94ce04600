"""A dose as a row: its columns in order, and how they follow from what was said."""

from calendar import monthrange
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.operations import Given, RecordDoses, Remembered
from tuyen.apps.immunization.sameness import Row
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry

COLUMNS = (
    "id", "entry_id", "person_id", "unit_id", "facility_id", "place", "place_kind", "session_id",
    "programme", "source", "vaccine", "product", "lot", "vial", "site", "route", "number",
    "given_on", "precision", "screening", "arrived_at", "screened_at", "injected_at", "left_at",
    "vaccinator", "note", "external_id", "author_id", "received_at", "revision", "decision",
    "duplicate_of_id", "duplicate", "counted", "voided_at", "void_reason",
)  # fmt: skip


def in_order(row: Row) -> tuple[Any, ...]:
    return tuple(map(row.__getitem__, COLUMNS))


def dose_id(entry: UUID, n: int) -> UUID:
    """The id of the nth dose (from 0) of an operation."""
    return derived_id(entry, "dose", n)


def kept_day(on: date, precision: str, born: date, latest: date) -> date:
    """The day that stands for one that is known by its month or year: the middle of it, yet not
    before the birth nor after the day on which it was told.

    >>> kept_day(date(2025, 3, 1), "month", date(2025, 3, 20), date(2026, 1, 1))
    datetime.date(2025, 3, 20)
    """
    if precision == "day":
        return on
    middle = on.replace(day=15) if precision == "month" else date(on.year, 7, 1)
    return min(max(middle, born), latest)


def span(on: date, precision: str) -> tuple[date, date]:
    """The first and the last day that a day of some precision may be."""
    if precision == "month":
        return on.replace(day=1), on.replace(day=monthrange(on.year, on.month)[1])
    if precision == "year":
        return date(on.year, 1, 1), date(on.year, 12, 31)
    return on, on


def given_row(entry: Entry[RecordDoses], n: int, given: Given) -> Row:
    """The row of the nth injection of a visit. Facts of the visit stand on each of its doses."""
    said = entry.payload
    vaccine = catalogue.vaccine(given.vaccine)
    return _base(entry, n) | {
        "person_id": said.person,
        "facility_id": said.facility or entry.unit,
        "place_kind": said.place_kind,
        "session_id": said.session,
        "programme": said.programme,
        "source": "given",
        "vaccine": vaccine.code,
        "product": catalogue.product(given.product, vaccine),
        "lot": given.lot.strip().upper(),
        "vial": given.vial.strip(),
        "site": given.site or vaccine.site,
        "route": given.route or vaccine.route,
        "number": given.number,
        "given_on": entry.happened_on,
        "screening": said.screening,
        "arrived_at": said.arrived_at,
        "screened_at": said.screened_at,
        "injected_at": given.injected_at,
        "left_at": said.left_at,
        "vaccinator": said.vaccinator.strip(),
        "note": said.note.strip(),
    }


def remembered_row(entry: Entry[Any], n: int, dose: Remembered, born: date, latest: date) -> Row:
    """The row of the nth dose of a booklet."""
    vaccine = catalogue.vaccine(dose.vaccine)
    return _base(entry, n) | {
        "person_id": entry.payload.person,
        "facility_id": dose.facility,
        "place": dose.place.strip(),
        "place_kind": dose.place_kind or "",
        "programme": dose.programme,
        "source": entry.payload.shown,
        "vaccine": vaccine.code,
        "product": catalogue.product(dose.product, vaccine),
        "lot": dose.lot.strip().upper(),
        "number": dose.number,
        "given_on": kept_day(dose.on, dose.precision, born, latest),
        "precision": dose.precision,
        "note": entry.payload.note.strip(),
        "external_id": dose.external_id.strip(),
    }


def _base(entry: Entry[Any], n: int) -> Row:
    row: Row = dict.fromkeys(COLUMNS, "")
    row |= dict.fromkeys(
        ("facility_id", "session_id", "number", "arrived_at", "screened_at", "injected_at",
         "left_at", "duplicate_of_id", "voided_at")
    )  # fmt: skip
    return row | {
        "id": dose_id(entry.id, n),
        "entry_id": entry.id,
        "unit_id": entry.unit,
        "author_id": entry.author,
        "received_at": entry.received_at,
        "precision": "day",
        "revision": 0,
        "counted": True,
    }
