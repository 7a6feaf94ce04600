"""Who read a resident's records, for programs that show it to the resident."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tuyen.api.door import NotFound, endpoint
from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.queries import SHOW_READINGS
from tuyen.apps.access.services import record_readings
from tuyen.apps.surveillance import queries as surveillance


class ReadingOut(msgspec.Struct, frozen=True):
    """One reading: ``subject`` is what was read, ``unit`` and ``role`` are of the reader's post."""

    at: datetime
    reader: UUID | None
    name: str
    role: str
    unit: UUID | None
    subject: str
    channel: str
    purpose: str


class ReadingsOut(msgspec.Struct, frozen=True):
    person: UUID
    as_of: datetime
    readings: list[ReadingOut]


@endpoint("GET", right=SHOW_READINGS, answer=ReadingsOut)
def readings(by: Actor, query: Any, id: UUID) -> ReadingsOut:
    """Every reading of one resident's records, newest first; asking for it is a reading too."""
    found = surveillance.readings_of(by=by, person=id)
    if found is None:
        raise NotFound()
    record_readings(by=by, subject="access.readings", ids=[id], at=clock.now())
    return ReadingsOut(id, clock.now(), [
        ReadingOut(row.at, row.user, row.name, row.role, row.unit, row.subject, row.channel,
                   row.purpose) for row in found.seen
    ])  # fmt: skip
