"""The sessions and visits of a batch, and what was given at them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tuyen.apps.immunization.models import Dose, Session, Visit
from tuyen.apps.immunization.refusals import (
    SessionEnded,
    SessionNotOpen,
    SessionNotPlanned,
    UnknownSession,
    UnknownVisit,
    VisitIsOver,
)
from tuyen.apps.immunization.services.keeping import Kept, Row, columns_of
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel.operation import Entry

ENDED = ("closed", "cancelled")


class Sessions(Kept):
    """Sessions by id; one of another unit is answered like one that does not exist."""

    def __init__(self, ids: Iterable[UUID | None]) -> None:
        super().__init__(Session, columns_of(Session), ids)

    def find(self, entry: Entry[Any], id: UUID) -> Row:
        row = self.get(id)
        if row is None or row["unit_id"] != entry.unit:
            raise UnknownSession(session=id)
        return row

    def planned(self, entry: Entry[Any], id: UUID) -> Row:
        row = self.find(entry, id)
        if row["state"] != "planned":
            raise SessionNotPlanned(day=row["day"], state=row["state"])
        return row

    def open(self, entry: Entry[Any], id: UUID) -> Row:
        row = self.find(entry, id)
        if row["state"] != "open":
            raise SessionNotOpen(day=row["day"], state=row["state"])
        return row

    def held(self, entry: Entry[Any], id: UUID) -> Row:
        """One that has begun and has not ended, stopped or not."""
        row = self.find(entry, id)
        if row["state"] in ENDED:
            raise SessionEnded(day=row["day"], state=row["state"])
        if row["state"] == "planned":
            raise SessionNotOpen(day=row["day"], state=row["state"])
        return row


class Visits(Kept):
    """Visits by id, with the sessions they belong to."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        super().__init__(Visit, columns_of(Visit), ids)
        self.sessions = Sessions({row["session_id"] for row in self.rows()})

    def here(self, entry: Entry[Any], id: UUID) -> Row:
        """Somebody who is still at the session."""
        row = self.get(id)
        if row is None or row["unit_id"] != entry.unit:
            raise UnknownVisit(visit=id)
        if row["state"] == "left":
            raise VisitIsOver(number=row["number"], at=row["left_at"])
        return row


Given = dict[tuple[UUID, UUID], list[tuple[UUID, str, str, datetime]]]


def doses_at(sessions: Collection[UUID]) -> Given:
    """(session, person) -> (dose, vaccine, lot, moment) of what was given there: one query."""
    found: Given = {}
    rows = Dose.objects.filter(session_id__among=set(sessions), voided_at=None).values_list(
        "session_id", "person_id", "id", "vaccine", "lot", "injected_at", "received_at"
    )
    for session, person, id, vaccine, lot, injected, received in fetch(rows):
        found.setdefault((session, person), []).append((id, vaccine, lot, injected or received))
    return found


def last_dose(given: Given, visit: Row) -> datetime | None:
    """When the last dose of a visit was given: those since the arrival, or all of that day's."""
    told = given.get((visit["session_id"], visit["person_id"]), [])
    since = [at for *_, at in told if at >= visit["arrived_at"]]
    return max(since, default=None)
