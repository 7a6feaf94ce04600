"""Statements of points and villages, and teams. A batch takes a constant number of queries."""

from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk, places, rounds
from tuyen.apps.network.models import OutreachTeam, PointStatement, VillageNeed
from tuyen.apps.network.operations import (
    AmendPoint,
    PointSaid,
    StateNeed,
    StatePoint,
    StateTeam,
)
from tuyen.apps.network.refusals import (
    NeedWithoutDays,
    NotAPoint,
    OutOfReach,
    TeamWithoutHours,
    UnknownAnswer,
    UnknownOutreachTeam,
    UnknownStatement,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import network as rules

POINT = (
    "id", "unit_id", "on", "functions", "weekdays", "served_by", "mobile", "state", "reason",
    "amends_id", "author_id", "changed_at",
)  # fmt: skip
NEED = (
    "id", "unit_id", "village_id", "on", "visits", "minutes", "weekdays", "skills", "road", "landing",
    "vaccine", "contact", "phone", "author_id", "changed_at",
)  # fmt: skip
TEAM = (
    "id", "unit_id", "name", "kind", "skills", "minutes", "cold_minutes", "starts", "weekdays", "home_id",
    "nights", "ended_on", "author_id", "changed_at",
)  # fmt: skip


def _known(of: str, values: tuple[str, ...]) -> None:
    words = rules.outreach_words(of)
    for value in values:
        if value not in words:
            raise UnknownAnswer(value=value, field=of, known=", ".join(words))


def _point(entry: Entry[Any]) -> None:
    """The operation's unit is a satellite point on its day."""
    atlas, on = places.atlas(), entry.happened_on
    if not atlas.valid(entry.unit, on) or atlas.type(entry.unit, on) != "satellite_point":
        raise NotAPoint(name=places.name(entry.unit, on), on=on)


def _said(said: PointSaid) -> dict[str, Any]:
    _known("functions", said.functions)
    return {
        "functions": list(dict.fromkeys(said.functions)), "weekdays": sorted(set(said.weekdays)),
        "served_by": [line for one in said.served_by if (line := one.strip())],
        "mobile": said.mobile.strip(),
    }  # fmt: skip


@applies(StatePoint)
def state_points(batch: Batch[StatePoint]) -> None:
    """Keep what points do, from a day on."""
    rows = []
    for entry in batch.entries:
        try:
            _point(entry)
            said = _said(entry.payload.said)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append((
            entry.id, entry.unit, entry.happened_on, said["functions"], said["weekdays"],
            said["served_by"], said["mobile"], "standing", "", None, entry.author, entry.received_at,
        ))  # fmt: skip
    bulk.insert(PointStatement, POINT, rows)


@applies(AmendPoint)
def amend_points(batch: Batch[AmendPoint]) -> None:
    """Another statement from the same day; the one amended stays to be read."""
    ids = {entry.payload.statement for entry in batch.entries}
    found = fetch(PointStatement.objects.filter(pk__among=ids).values_list(*POINT))
    rows: dict[UUID, dict[str, Any]] = {row[0]: dict(zip(POINT, row, strict=True)) for row in found}
    changed: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        old = rows.get(entry.payload.statement)
        try:
            if old is None or old["unit_id"] != entry.unit or old["state"] != "standing":
                raise UnknownStatement(statement=entry.payload.statement)
            said = _said(entry.payload.said)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        told = {"author_id": entry.author, "changed_at": entry.received_at}
        reason = entry.payload.reason.strip()
        for row in (
            old | {"state": "amended", "reason": reason},
            old | said | told | {"id": entry.id, "amends_id": old["id"]},
        ):
            rows[row["id"]] = changed[row["id"]] = row
    bulk.replace(PointStatement, changed, POINT, changed.values())


@applies(StateNeed)
def state_needs(batch: Batch[StateNeed]) -> None:
    """Keep what villages of a unit's reach need, from a day on; of one day the last statement."""
    rows: dict[UUID, tuple[Any, ...]] = {}
    for entry in batch.entries:
        said, on = entry.payload, entry.happened_on
        try:
            if said.village not in rounds.village_reach(entry.unit, on):
                unit = places.name(entry.unit, on)
                raise OutOfReach(name=places.name(said.village, on), unit=unit)
            if said.visits and not (said.weekdays and said.minutes):
                raise NeedWithoutDays(name=places.name(said.village, on), visits=said.visits)
            _known("skills", said.skills)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        id = derived_id(entry.unit, "need", said.village, on)
        rows[id] = (
            id, entry.unit, said.village, on, said.visits, said.minutes,
            sorted(set(said.weekdays)), list(dict.fromkeys(said.skills)), said.road, said.landing,
            said.vaccine, said.contact.strip(), said.phone.strip(), entry.author, entry.received_at,
        )  # fmt: skip
    kept = [dict(zip(NEED, row, strict=True)) for row in rows.values()]
    bulk.replace(VillageNeed, rows, NEED, kept)


@applies(StateTeam)
def state_teams(batch: Batch[StateTeam]) -> None:
    """Keep teams, or write them over; one that ended goes out no more."""
    ids = {entry.payload.team for entry in batch.entries} - {None}
    found = fetch(OutreachTeam.objects.filter(pk__among=ids).values_list(*TEAM)) if ids else []
    rows: dict[UUID, dict[str, Any]] = {row[0]: dict(zip(TEAM, row, strict=True)) for row in found}
    changed: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            _team(entry, rows)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        values = (
            said.team or entry.id, entry.unit, " ".join(said.name.split()), said.kind,
            list(dict.fromkeys(said.skills)), said.minutes, said.cold_minutes, said.starts,
            sorted(set(said.weekdays)), said.home or entry.unit, said.nights,
            entry.happened_on if said.ended else None, entry.author, entry.received_at,
        )  # fmt: skip
        row: dict[str, Any] = dict(zip(TEAM, values, strict=True))
        rows[row["id"]] = changed[row["id"]] = row
    bulk.replace(OutreachTeam, changed, TEAM, changed.values())


def _team(entry: Entry[StateTeam], rows: dict[UUID, dict[str, Any]]) -> None:
    said = entry.payload
    if said.team is not None:
        old = rows.get(said.team)
        if old is None or old["unit_id"] != entry.unit or old["ended_on"] is not None:
            raise UnknownOutreachTeam(team=said.team)
    if not (said.minutes and said.cold_minutes and said.weekdays):
        raise TeamWithoutHours(name=said.name)
    _known("skills", said.skills)
    home, on = said.home or entry.unit, entry.happened_on
    if home != entry.unit and home not in places.atlas().reach(entry.unit, "own", on):
        raise OutOfReach(name=places.name(home, on), unit=places.name(entry.unit, on))
