"""What an address of the room asks for. People type and forward addresses, so what cannot be read is
left out and said, never guessed."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuyen.web.surveillance.filters import day


def place(query: QueryDict, name: str, on: date, map_: Any, faults: list[str]) -> UUID | None:
    """The unit of ``name``, chosen or typed."""
    try:
        id = UUID(query.get(name, ""))
    except ValueError:
        id = None
    if id is not None and map_.unit(id) is not None:
        return id
    text = query.get(f"{name}_text", "").strip()[:200]
    if not text:
        return None
    found = map_.find(text, on, limit=1)
    if not found:
        faults.append(_("No place is called “{text}”.").format(text=text))
        return None
    unit: UUID = found[0].unit
    return unit


def a_day(query: QueryDict, name: str, label: str, faults: list[str]) -> date | None:
    """A day as people write it."""
    text = query.get(name, "").strip()[:40]
    found = day(text) if text else None
    if text and found is None:
        faults.append(
            _("{label}: “{text}” is not a day; write it like 07/03/2026.").format(
                label=label, text=text
            )
        )
    return found


def a_number(query: QueryDict, name: str, least: int, most: int, otherwise: int) -> int:
    """A whole number within bounds."""
    text = query.get(name, "")
    number = int(text) if text.isdecimal() and len(text) < 9 else otherwise
    return min(max(number, least), most)
