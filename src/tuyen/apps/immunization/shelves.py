"""Where children stand, sessions and who is at them, and stopped lots, as documents for tablets.

A tablet gets what the desk of a session needs without a line: what each of its children had and is
due for, the sessions that have not ended with everybody at them, and the lots that may not be given.
The answers of an examination stay at the server, with its notes and the examiner's own words: a
tablet may be lost, and what was found is enough to go on.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.immunization.models import (
    AdverseEvent,
    Child,
    Dose,
    ExpectedAt,
    LotHold,
    Screening,
    Session,
    Status,
    Visit,
)
from tuyen.apps.journal.documents import Document, Page, Shelf, Written, newest_first, offer
from tuyen.apps.registry import queries as registry

DOSES = "immunization.dose.read"
SESSIONS = "immunization.session.read"
GOING_ON = ("planned", "open", "stopped")
"""States of a session that a tablet holds; what ended is read at the console."""
_DONE = ("complete", "immune")


def offer_shelves() -> None:
    """Offer the documents of the room; what must not be given first."""
    offer(
        Shelf(
            kind="immunization.stopped_lots", right=SESSIONS, page=_stops_page, current=_stops,
            left=lambda ids, units: (),  # each unit has its list for ever, if only an empty one
            touched=_STOPS, crossing=frozenset(_STOPS),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="immunization.session", right=SESSIONS, page=_sessions_page, current=_sessions,
            left=_sessions_left, touched=_SESSIONS, crossing=frozenset(_STOPPED_BY),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="immunization.visit", right=SESSIONS, page=_visits_page, current=_visits,
            left=_visits_left, touched=_VISITS,
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="immunization.child", right=DOSES, page=_children_page, current=_children,
            left=_children_left, touched=_CHILDREN, crossing=frozenset(_CHILDREN),
        )
    )  # fmt: skip


def _stops_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    waiting = sorted(unit for unit in units if str(unit) > after)
    page = waiting[:limit]
    return _stops(page, units, on), str(page[-1]) if len(waiting) > limit else None


def _stops(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    """The same list for each facility: it stands on the account of every unit that gives doses."""
    map_ = registry.atlas()
    here = [id for id in ids if id in units and _is_facility(map_, id)]
    if not here:
        return []
    rows = LotHold.objects.filter(lifted_at=None).order_by("vaccine", "lot")
    lots = list(rows.values_list("vaccine", "lot", "since", "suspended_at", "reason"))
    return [Document("immunization.stopped_lots", id, (id,), {"lots": lots}) for id in here]


def _is_facility(map_: Any, id: UUID) -> bool:
    lives = map_.unit(id)
    return lives is not None and lives.kind == "facility"


def _sessions_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    rows = Session.objects.filter(unit_id__in=units, state__in=GOING_ON)
    return newest_first(rows, after, limit, _as_sessions)


def _sessions(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Session.objects.filter(pk__among=set(ids), unit_id__in=units, state__in=GOING_ON)
    return _as_sessions(list(rows.order_by("-pk")))


def _sessions_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    return Session.objects.filter(pk__among=set(ids), unit_id__in=units).values_list(
        "pk", flat=True
    )


def _as_sessions(rows: Sequence[Session]) -> list[Document]:
    """With who is expected: two queries with the rows' own."""
    expected: dict[UUID, list[tuple[UUID, str]]] = {}
    hoped = ExpectedAt.objects.filter(session_id__among={row.pk for row in rows})
    for session, person, vaccines in hoped.order_by("person_id").values_list(
        "session_id", "person_id", "vaccines"
    ):
        expected.setdefault(session, []).append((person, vaccines))
    return [
        Document("immunization.session", row.pk, (row.unit_id,), {
            "unit": row.unit_id, "kind": row.kind, "programme": row.programme,
            "campaign": row.campaign, "day": row.day, "starts": row.starts, "place": row.place_id,
            "place_name": row.place_name, "tables": row.tables, "team": _raw(row.team),
            "vials": _raw(row.vials), "note": row.note, "state": row.state,
            "opened_at": row.opened_at, "stopped_at": row.stopped_at, "reason": row.reason,
            "expected": expected.get(row.pk, []),
        })
        for row in rows
    ]  # fmt: skip


def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode() or b"[]")


def _visits_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    return newest_first(_there(units), after, limit, _as_visits)


def _visits(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    return _as_visits(list(_there(units).filter(pk__among=set(ids)).order_by("-pk")))


def _there(units: Collection[UUID]) -> Any:
    going_on = Session.objects.filter(unit_id__in=units, state__in=GOING_ON).values("pk")
    return Visit.objects.filter(unit_id__in=units, session_id__in=going_on)


def _visits_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    return Visit.objects.filter(pk__among=set(ids), unit_id__in=units).values_list("pk", flat=True)


def _as_visits(rows: Sequence[Visit]) -> list[Document]:
    """With what the last examination found, not what was answered in it: one query more."""
    last: dict[UUID, tuple[Any, ...]] = {}
    held = Screening.objects.filter(visit_id__among={row.pk for row in rows})
    for visit, *found in held.order_by("screened_at", "pk").values_list(
        "visit_id", "result", "vaccines", "cleared", "temperature", "weight_g", "return_on"
    ):
        last[visit] = tuple(found)
    return [
        Document("immunization.visit", row.pk, (row.unit_id,), {
            "session": row.session_id, "person": row.person_id, "number": row.number,
            "state": row.state, "wanted": row.wanted, "cleared": row.cleared,
            "arrived_at": row.arrived_at, "screened_at": row.screened_at,
            "observed_from": row.observed_from, "left_at": row.left_at, "well": row.well,
            "return_on": row.return_on, "screening": last.get(row.pk),
        })
        for row in rows
    ]  # fmt: skip


def _children_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    rows = Child.objects.filter(place_id__in=units, active=True)
    return newest_first(rows, after, limit, _as_children)


def _children(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Child.objects.filter(person__id__among=set(ids), place_id__in=units, active=True)
    return _as_children(list(rows.order_by("-person_id")))


def _children_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    """Those who died or are followed no more, and those who lived here and moved or were merged."""
    still = Child.objects.filter(person__id__among=set(ids), place_id__in=units)
    return {*still.values_list("person_id", flat=True), *registry.lived_in(ids, units)}


def _as_children(rows: Sequence[Child]) -> list[Document]:
    """What each is due for and what each had: three queries for any number of them. Groups that
    are complete are left out: the doses say it."""
    ids = [row.person_id for row in rows]
    due: dict[UUID, list[tuple[Any, ...]]] = {}
    open_ = Status.objects.filter(person__id__among=set(ids)).exclude(status__in=_DONE)
    for person, *facts in open_.order_by("group").values_list(
        "person_id", "group", "status", "dose_number", "earliest_on", "recommended_on",
        "past_due_on", "valid",
    ):  # fmt: skip
        due.setdefault(person, []).append(tuple(facts))
    doses = _doses(ids)
    return [
        Document("immunization.child", row.person_id, (row.place_id,) if row.place_id else (), {
            "place": row.place_id, "born_on": row.born_on, "sex": row.sex, "pack": row.pack,
            "next_on": row.next_on, "due_on": row.due_on, "past_due_on": row.past_due_on,
            "full_on": row.full_on, "look_again_on": row.look_again_on,
            "due": due.get(row.person_id, []), "doses": doses.get(row.person_id, []),
        })
        for row in rows
    ]  # fmt: skip


def _doses(people: Collection[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
    """Every dose on record of each, oldest first, those of records that were merged into theirs
    among them: without notes, without who gave it and without its id, which would be two thirds of
    what is sent. A tablet knows the ids of its own doses; others are corrected at the console."""
    records = registry.born_as(people) if people else {}
    stands = {record: root for root, born in records.items() for record in born}
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    rows = Dose.objects.filter(person__id__among=set(stands), voided_at=None).order_by(
        "given_on", "pk"
    )
    for person, *facts in rows.values_list(
        "person_id", "vaccine", "given_on", "precision", "lot", "counted"
    ):
        found.setdefault(stands[person], []).append(tuple(facts))
    return found


def _everywhere(entries: Sequence[Written]) -> list[UUID]:
    """Every facility that ever was: a lot is stopped for all of them."""
    return list(registry.atlas().units(kind="facility"))


def _session(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.session for entry in entries]


def _planned(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.session or entry.id for entry in entries]


def _session_of_report(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.session for entry in entries if entry.payload.session]


def _session_of_event(entries: Sequence[Written]) -> list[UUID]:
    events = AdverseEvent.objects.filter(pk__in=[entry.payload.aefi for entry in entries])
    return [id for id in events.values_list("session_id", flat=True) if id]


def _itself(entries: Sequence[Written]) -> list[UUID]:
    return [entry.id for entry in entries]


def _visit(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.visit for entry in entries]


def _visits_of_session(entries: Sequence[Written]) -> list[UUID]:
    visits = Visit.objects.filter(session_id__in=_session(entries))
    return list(visits.values_list("pk", flat=True))


def _person(entries: Sequence[Written]) -> list[UUID]:
    """The record that stands for each person today."""
    return list(registry.canonical({entry.payload.person for entry in entries}).values())


def _person_of_dose(entries: Sequence[Written]) -> list[UUID]:
    doses = Dose.objects.filter(pk__in=[entry.payload.dose for entry in entries])
    return list(registry.canonical(set(doses.values_list("person_id", flat=True))).values())


def _people(entries: Sequence[Written]) -> list[UUID]:
    """Whom the calendar, a move, a merger or another schedule changed; both records of a merger."""
    return [person for entry in entries for person in entry.payload.people]


_STOPS = {
    "immunization.suspend_lot": _everywhere,
    "immunization.lift_suspension": _everywhere,
    "immunization.report_aefi": _everywhere,
    "immunization.follow_up_aefi": _everywhere,
}
_STOPPED_BY = {
    "immunization.report_aefi": _session_of_report,
    "immunization.follow_up_aefi": _session_of_event,
}
_SESSIONS = {
    "immunization.plan_session": _planned,
    "immunization.cancel_session": _session,
    "immunization.open_session": _session,
    "immunization.stop_session": _session,
    "immunization.close_session": _session,
    **_STOPPED_BY,
}
_VISITS = {
    "immunization.arrive": _itself,
    "immunization.screen": _visit,
    "immunization.observe": _visit,
    "immunization.leave": _visit,
    "immunization.cancel_session": _visits_of_session,
    "immunization.close_session": _visits_of_session,
}
_CHILDREN = {
    "immunization.record_doses": _person,
    "immunization.record_history": _person,
    "immunization.amend_dose": _person_of_dose,
    "immunization.void_dose": _person_of_dose,
    "immunization.resolve_duplicate": _person_of_dose,
    "immunization.follow": _people,
}
