"""Sessions that are planned, cancelled and opened."""

from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.models import ExpectedAt
from tuyen.apps.immunization.operations import CancelSession, OpenSession, PlanSession
from tuyen.apps.immunization.refusals import (
    CampaignNeeded,
    OpenedOnAnotherDay,
    PlaceNeeded,
    PlannedTwice,
    SuspendedInPlan,
    UnknownPerson,
    UnknownUnit,
)
from tuyen.apps.immunization.services.holds import Holds
from tuyen.apps.immunization.services.keeping import Row, joined
from tuyen.apps.immunization.services.session_book import Sessions
from tuyen.apps.journal import bulk, store
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_AWAY = ("satellite", "mobile", "school")
_EXPECTED = ("id", "session_id", "person_id", "vaccines")
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(PlanSession)
def plan_sessions(batch: Batch[PlanSession]) -> None:
    """Keep plans; a plan that is written over takes its list of expected people along."""
    sessions = Sessions(entry.payload.session for entry in batch.entries)
    named = {one.person for entry in batch.entries for one in entry.payload.expected}
    by = Actor.program(batch.entries[0].happened_on)
    known = registry.on_record(by=by, ids=named) if named else set()
    holds = Holds(("", v.lot.strip().upper()) for e in batch.entries for v in e.payload.vials)
    map_ = registry.atlas()
    gone: list[UUID] = []
    expected: dict[UUID, list[tuple[Any, ...]]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            if said.session is not None:
                sessions.planned(entry, said.session)
            _check_place(entry, map_)
            unknown = next((one.person for one in said.expected if one.person not in known), None)
            if unknown is not None:
                raise UnknownPerson(person=unknown)
            id = said.session or entry.id
            vials = _vials(entry, holds)
            rows = _expected(entry, id)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        sessions.write(_planned(entry, id, vials, map_))
        gone.append(id)
        expected[id] = rows
    if gone:
        ExpectedAt.objects.filter(session_id__among=set(gone))._raw_delete(using=store.alias())
    if rows := [row for one in expected.values() for row in one]:
        bulk.insert(ExpectedAt, _EXPECTED, rows)
    sessions.post()


@applies(CancelSession)
def cancel_sessions(batch: Batch[CancelSession]) -> None:
    """Planned sessions that do not take place."""
    sessions = Sessions(entry.payload.session for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = sessions.planned(entry, entry.payload.session)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        sessions.write(row | {
            "state": "cancelled", "ended_at": entry.recorded_at, "changed_at": entry.received_at,
            "reason": entry.payload.reason.strip(),
        })  # fmt: skip
    sessions.post()


@applies(OpenSession)
def open_sessions(batch: Batch[OpenSession]) -> None:
    """A session opens on the day that it was planned for."""
    sessions = Sessions(entry.payload.session for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = sessions.planned(entry, entry.payload.session)
            if row["day"] != entry.happened_on:
                raise OpenedOnAnotherDay(day=row["day"], on=entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        sessions.write(row | {
            "state": "open", "opened_at": entry.recorded_at, "changed_at": entry.received_at,
        })  # fmt: skip
    sessions.post()


def _check_place(entry: Entry[PlanSession], map_: Any) -> None:
    said = entry.payload
    for unit in (entry.unit, said.place):
        if unit is not None and map_.unit(unit) is None:
            raise UnknownUnit(unit=unit)
    if said.kind in _AWAY and said.place is None and len(said.place_name.strip()) < 2:
        raise PlaceNeeded()
    if said.kind == "campaign" and len(said.campaign.strip()) < 2:
        raise CampaignNeeded()


def _vials(entry: Entry[PlanSession], holds: Holds) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in entry.payload.vials:
        lot = (catalogue.vaccine(line.vaccine).code, line.lot.strip().upper())
        if held := holds.against(lot):
            raise SuspendedInPlan(vaccine=lot[0], lot=lot[1], since=held["since"])
        told = {"vaccine": lot[0], "lot": lot[1], "vials": line.vials, "size": line.size}
        if any(one["vaccine"] == lot[0] and one["lot"] == lot[1] for one in found):
            raise PlannedTwice(what=" ".join(filter(None, lot)))
        found.append(told)
    return found


def _expected(entry: Entry[PlanSession], session: UUID) -> list[tuple[Any, ...]]:
    rows: dict[UUID, tuple[Any, ...]] = {}
    for one in entry.payload.expected:
        if one.person in rows:
            raise PlannedTwice(what=one.person)
        codes = joined(catalogue.vaccine(code).code for code in one.vaccines)
        rows[one.person] = (
            derived_id(session, "expected", one.person), session, one.person, codes,
        )  # fmt: skip
    return list(rows.values())


def _planned(entry: Entry[PlanSession], id: UUID, vials: list[dict[str, Any]], map_: Any) -> Row:
    said = entry.payload
    return {
        "id": id, "unit_id": entry.unit,
        "commune_id": map_.commune_of(said.place or entry.unit, said.day), "kind": said.kind,
        "programme": said.programme, "campaign": said.campaign.strip(), "day": said.day,
        "starts": said.starts, "place_id": said.place, "place_name": said.place_name.strip(),
        "tables": said.tables, "team": _encode([one.strip() for one in said.team]).decode(),
        "vials": _encode(vials).decode(), "note": said.note.strip(), "state": "planned",
        "opened_at": None, "ended_at": None, "stopped_at": None, "reason": "", "closing": "",
        "author_id": entry.author, "changed_at": entry.received_at,
    }  # fmt: skip
