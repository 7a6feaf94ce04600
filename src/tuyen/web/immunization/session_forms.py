"""What the forms of sessions send, as typed values or as sentences about what is wrong."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuyen.apps.immunization.operations import Answered, PlannedVials, VialLine
from tuyen.kernel.zone import VIETNAM
from tuyen.web.surveillance.views_resources import day_of

__all__ = [
    "Wrong",
    "answers",
    "day_of",
    "first_day",
    "integer",
    "lines",
    "moment",
    "number",
    "uuid",
    "vials",
]


class Wrong(ValueError):
    """A form that cannot be understood; its text is shown to whoever typed it."""


def uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def number(text: str) -> float | None:
    """A decimal with a comma or a point; None when empty."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise Wrong(_("{text} is no number.").format(text=text)) from None


def integer(text: str, what: str) -> int:
    text = text.strip() or "0"
    if not text.isdecimal() or len(text) > 6:
        raise Wrong(_("{what}: {text} is no whole number.").format(what=what, text=text))
    return int(text)


def moment(day: str, time: str, what: str) -> datetime:
    """A day (07/03/2026) and a time (08:30) in the province."""
    on, parts = day_of(day), time.strip().split(":")
    if on is None or len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise Wrong(_("{what}: write the day (07/03/2026) and the time (08:30).").format(what=what))
    hour, minute = int(parts[0]), int(parts[1])
    if hour > 23 or minute > 59:
        raise Wrong(_("{what}: write the day (07/03/2026) and the time (08:30).").format(what=what))
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=VIETNAM)


def answers(given: QueryDict, questions: Iterable[Any]) -> dict[str, Answered]:
    """What was ticked is a yes, and what was not a no: every question of the form was asked."""
    found = {}
    for question in questions:
        yes = given.get(f"q-{question.code}") == "yes"
        on = day_of(given.get(f"on-{question.code}", "")) if yes and question.dated else None
        to = tuple(given.getlist(f"to-{question.code}")) if yes and question.named else ()
        found[question.code] = Answered(yes=yes, on=on, to=to)
    return found


def vials(text: str) -> tuple[PlannedVials, ...]:
    """Lines "vaccine; lot; vials; doses a vial" of the plan."""
    found = []
    for row in filter(None, (line.strip() for line in text.splitlines())):
        parts = [part.strip() for part in row.split(";")]
        if len(parts) != 4:
            raise Wrong(_("“{row}”: write vaccine; lot; vials; doses a vial.").format(row=row))
        count, size = integer(parts[2], row), integer(parts[3], row)
        if not 1 <= count <= 10_000 or not 1 <= size <= 100:
            raise Wrong(_("“{row}”: write vaccine; lot; vials; doses a vial.").format(row=row))
        found.append(PlannedVials(vaccine=parts[0][:40], lot=parts[1][:40], vials=count, size=size))
    return tuple(found)


def lines(given: QueryDict) -> tuple[VialLine, ...]:
    """The table of a closing: rows whose vaccine is written."""
    names = ("taken", "opened", "kept_open", "discarded", "returned")
    found = []
    for n in range(min(60, len(given.getlist("vaccine")))):
        vaccine = given.getlist("vaccine")[n].strip()[:40]
        if not vaccine:
            continue
        row: Mapping[str, str] = {name: _nth(given, name, n) for name in ("lot", "size", *names)}
        counts = {name: integer(row[name], f"{vaccine} {row['lot']}") for name in names}
        if not any(counts.values()) and not row["lot"]:
            continue
        size = integer(row["size"], vaccine)
        if not 1 <= size <= 100:
            raise Wrong(_("{what}: a vial holds 1 to 100 doses.").format(what=vaccine))
        found.append(VialLine(vaccine=vaccine, lot=row["lot"].strip()[:40], size=size, **counts))
    return tuple(found)


def _nth(given: QueryDict, name: str, n: int) -> str:
    values = given.getlist(name)
    return values[n] if n < len(values) else ""


def first_day(text: str, otherwise: date) -> date:
    return day_of(text) or otherwise
