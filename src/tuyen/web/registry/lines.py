"""People in a list, and that they were shown is written down."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tuyen.apps.access import clock
from tuyen.apps.access.services import record_search
from tuyen.apps.registry.queries import PersonRow
from tuyen.web.access import ActorRequest
from tuyen.web.registry import words


def line(row: PersonRow, on: date) -> dict[str, Any]:
    """A person in a list: numbers masked."""
    number = next((value for system, value in row.numbers if system == "personal_number"), "")
    return {
        "id": row.id,
        "name": row.name,
        "sex": words.sex_name(row.sex),
        "born": words.born(row.born_on, row.birth_precision),
        "age": "" if row.died_on else words.age(row.born_on, on),
        "died_on": row.died_on,
        "place": ", ".join(filter(None, (row.village, row.commune))),
        "head": row.head if row.head != row.name else "",
        "household": row.household,
        "number": number or next((value for _system, value in row.numbers), ""),
    }


def note_shown(request: ActorRequest, rows: Sequence[PersonRow]) -> None:
    """Write down whom a list showed; a household stands for its head, who is named beside them."""
    ids = [id for row in rows for id in (row.id, row.household) if id is not None]
    record_search(by=request.actor, subject="registry.person", ids=ids, at=clock.now())
