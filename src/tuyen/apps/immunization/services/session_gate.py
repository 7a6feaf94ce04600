"""No dose at a session before an examination that was passed there."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from tuyen.apps.immunization import catalogue, gates
from tuyen.apps.immunization.models import Visit
from tuyen.apps.immunization.operations import RecordDoses
from tuyen.apps.immunization.refusals import (
    LotExpired,
    LotNeverReceived,
    LotSetApart,
    LotStopped,
    NotCleared,
    NotHere,
    OpenedOnAnotherDay,
    VisitIsOver,
)
from tuyen.apps.immunization.services.concerns import moment, told_later
from tuyen.apps.immunization.services.keeping import parted
from tuyen.apps.immunization.services.session_book import Sessions
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel import stocking
from tuyen.kernel.operation import Entry
from tuyen.kernel.refusal import Refusal

_REFUSED: dict[str, type[Refusal]] = {
    "expired": LotExpired,
    "quarantined": LotSetApart,
    "suspended": LotStopped,
    "never-received": LotNeverReceived,
}


@gates.gate("session")
def examined(entries: Sequence[Entry[RecordDoses]]) -> Mapping[UUID, Refusal]:
    """Refuse visits of a session whose person did not pass there for every vaccine: two queries. What
    was given before a session was stopped was given at an open one."""
    asked = [entry for entry in entries if entry.payload.session is not None]
    wanted = {entry.payload.session for entry in asked if entry.payload.session}
    if not wanted:
        return {}
    sessions = Sessions(wanted)
    rows = Visit.objects.filter(session_id__among=wanted).order_by("session_id", "number")
    last = {
        (session, person): (number, state, cleared, left)
        for session, person, number, state, cleared, left in fetch(
            rows.values_list("session_id", "person_id", "number", "state", "cleared", "left_at")
        )
    }
    found: dict[UUID, Refusal] = {}
    for entry in asked:
        try:
            _check(entry, sessions, last)
        except Refusal as refusal:
            found[entry.id] = refusal
    return found


@gates.gate("stock")
def usable(entries: Sequence[Entry[RecordDoses]]) -> Mapping[UUID, Refusal]:
    """Refuse visits of a session with a lot that the stock knows to be expired, set apart, stopped or
    never received, where stock of the vaccine is kept at all."""
    named = []
    for entry in entries:
        if entry.payload.session is None:
            continue
        for given in entry.payload.given:
            if given.lot.strip():
                with suppress(Refusal):  # a vaccine that is none is the dose's own affair
                    code = catalogue.vaccine(given.vaccine).code
                    lot = given.lot.strip().upper()
                    named.append(
                        (entry.id, stocking.Named(entry.unit, code, lot, entry.happened_on))
                    )
    found: dict[UUID, Refusal] = {}
    for (id, one), told in zip(named, stocking.standing([n for _, n in named]), strict=True):
        if told.verdict in _REFUSED:
            found.setdefault(id, _REFUSED[told.verdict](lot=one.number, vaccine=one.vaccine))
    return found


def _check(
    entry: Entry[RecordDoses], sessions: Sessions, last: dict[tuple[UUID, UUID], tuple]
) -> None:
    said = entry.payload
    assert said.session is not None
    session = sessions.find(entry, said.session)
    late = session["state"] == "stopped" and told_later(entry)
    if not late or moment(entry) >= session["stopped_at"]:
        session = sessions.open(entry, said.session)
    if session["day"] != entry.happened_on:
        raise OpenedOnAnotherDay(day=session["day"], on=entry.happened_on)
    visit = last.get((said.session, said.person))
    if visit is None:
        raise NotHere()
    number, state, cleared, left = visit
    if state == "left":
        raise VisitIsOver(number=number, at=left)
    passed = set(parted(cleared))
    for given in said.given:
        code = catalogue.vaccine(given.vaccine).code
        if code not in passed:
            raise NotCleared(vaccine=code)
