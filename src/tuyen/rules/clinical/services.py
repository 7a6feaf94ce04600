"""What a station does besides talking and handing out medicines: services by the list of a day."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load


class Service(NamedTuple):
    """One service; ``price`` is in VND. A later row of the same code takes its place from its day."""

    code: str
    kind: str
    names: Mapping[str, str]
    price: Decimal
    since: datetime.date
    until: datetime.date | None
    verified: bool

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


def service(code: str, on: datetime.date) -> Service | None:
    """The service of a code by the list of a day; None where it is not on it. A day before the list
    began is judged by its beginning."""
    rows = _rows().get(code, ())
    day = max(on, first_day())
    for row in reversed(rows):
        if row.since <= day:
            return row if row.until is None or day < row.until else None
    return None


def services(on: datetime.date) -> list[Service]:
    """Every service on the list of a day."""
    found = (service(code, on) for code in _rows())
    return [one for one in found if one is not None]


@cache
def first_day() -> datetime.date:
    return min(row.since for rows in _rows().values() for row in rows)


@cache
def _rows() -> dict[str, tuple[Service, ...]]:
    held: dict[str, list[Service]] = {}
    for row in load("clinical/services"):
        until = row["until"]
        held.setdefault(row["code"], []).append(
            Service(
                row["code"], row["kind"], {one: row[one] for one in ("vi", "en", "zh")},
                Decimal(row["price"]), row["from"],
                datetime.date.fromisoformat(until) if until else None, bool(row["verified"]),
            )
        )  # fmt: skip
    return {code: tuple(sorted(rows, key=lambda row: row.since)) for code, rows in held.items()}
