"""Months that somebody asked the program to plan: asked, answered, ended. A constant number of queries."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk, places
from tuyen.apps.network import rounds as plans
from tuyen.apps.network.models import OutreachTeam, RoundsSearch
from tuyen.apps.network.operations import AskRounds, EndSearch
from tuyen.apps.network.refusals import (
    MonthIsPast,
    NotAMonth,
    SearchOver,
    SearchUnderWay,
    TeamWithoutHours,
    UnknownOutreachTeam,
)
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM

SEARCH = (
    "id", "unit_id", "starts", "teams", "season", "quick", "state", "plan_id", "code", "message", "told",
    "author_id", "asked_at", "changed_at",
)  # fmt: skip


class Searches:
    """Searches as rows, changed in memory and written once."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        asked = set(ids)
        found = (
            fetch(RoundsSearch.objects.filter(pk__among=asked).values_list(*SEARCH))
            if asked
            else ()
        )
        self.rows = {row[0]: dict(zip(SEARCH, row, strict=True)) for row in found}
        self._changed: dict[UUID, None] = {}

    def open(self, id: UUID, entry: Entry[Any]) -> dict[str, Any]:
        row = self.rows.get(id)
        if row is None or row["unit_id"] != entry.unit or row["state"] != "asked":
            raise SearchOver(search=id)
        return row

    def put(self, row: dict[str, Any], entry: Entry[Any], **changes: Any) -> None:
        self.rows[row["id"]] = row | changes | {"changed_at": entry.received_at}
        self._changed[row["id"]] = None

    def post(self) -> None:
        if self._changed:
            bulk.replace(
                RoundsSearch, self._changed, SEARCH, [self.rows[id] for id in self._changed]
            )


@applies(AskRounds)
def ask_rounds(batch: Batch[AskRounds]) -> None:
    """Keep what is asked, one search of a unit at a time, for a month that is not over."""
    units = {entry.unit for entry in batch.entries}
    teams: dict[UUID, set[UUID]] = {}
    for id, unit in fetch(OutreachTeam.objects.filter(
            unit_id__in=units, ended_on=None).values_list("id", "unit_id")):  # fmt: skip
        teams.setdefault(unit, set()).add(id)
    under_way = dict(fetch(RoundsSearch.objects.filter(
        unit_id__in=units, state="asked").values_list("unit_id", "asked_at")))  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            _check(entry, teams.get(entry.unit, set()))
            if entry.unit in under_way:
                at = under_way[entry.unit]
                raise SearchUnderWay(
                    unit=places.name(entry.unit, said.starts), at=f"{at.astimezone(VIETNAM):%H:%M}"
                )
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        under_way[entry.unit] = entry.received_at
        rows.append((
            entry.id, entry.unit, said.starts, [str(id) for id in dict.fromkeys(said.teams)], said.season,
            said.quick, "asked", None, "", "", {}, entry.author, entry.received_at, entry.received_at,
        ))  # fmt: skip
    bulk.insert(RoundsSearch, SEARCH, rows)


def _check(entry: Entry[AskRounds], teams: set[UUID]) -> None:
    said = entry.payload
    if plans.first_monday(said.starts) != said.starts:
        raise NotAMonth(starts=said.starts)
    if (entry.happened_on - said.starts).days >= 7 * plans.weeks_of(said.starts):
        raise MonthIsPast(starts=said.starts)
    strange = next((id for id in said.teams if id not in teams), None)
    if strange is not None:
        raise UnknownOutreachTeam(team=strange)
    if not teams:
        raise TeamWithoutHours(name=places.name(entry.unit, entry.happened_on))


@applies(EndSearch)
def end_searches(batch: Batch[EndSearch]) -> None:
    """A search that came to nothing keeps why; nothing of it is written."""
    held = Searches(entry.payload.search for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = held.open(said.search, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.put(
            row, entry, state=said.why, code=said.refused, message=said.sentence, told=said.values
        )
    held.post()
