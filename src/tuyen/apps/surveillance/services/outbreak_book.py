"""The outbreaks that a batch is about, as they stand while it is worked through."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import Outbreak, OutbreakPlace
from tuyen.apps.surveillance.refusals.outbreaks import (
    OutbreakChangedMeanwhile,
    OutbreakIsClosed,
    OutbreakIsOpen,
    UnknownOutbreak,
)
from tuyen.kernel.operation import Entry
from tuyen.kernel.zone import VIETNAM

COLUMNS = (
    "id", "unit_id", "lead_id", "assignee_id", "post_id", "disease", "syndrome", "group", "title",
    "since", "definition", "level", "opened_on", "opened_at", "opened_by_id", "revision",
    "changed_at", "closed_on", "closed_at", "closed_because", "conclusion",
)  # fmt: skip
PLACE = ("id", "outbreak_id", "commune_id")


def today(entry: Entry[Any]) -> date:
    """The day on which an entry came in, in Vietnam."""
    return entry.received_at.astimezone(VIETNAM).date()


class OutbreakBook:
    """Outbreaks and their communes: two reads, and at most four writes for any batch."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        self.rows: dict[UUID, dict[str, Any]] = {}
        self.places: dict[UUID, dict[UUID, UUID]] = {}  # outbreak -> commune -> id of the row
        if wanted:
            found = Outbreak.objects.filter(pk__among=wanted).values_list(*COLUMNS)
            self.rows = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in fetch(found)}
            lie = OutbreakPlace.objects.filter(outbreak_id__among=wanted).values_list(*PLACE)
            for id, outbreak, commune in fetch(lie):
                self.places.setdefault(outbreak, {})[commune] = id
        self._held = set(self.rows)
        self._held_places = {id for each in self.places.values() for id in each.values()}
        self._changed: dict[UUID, None] = {}
        self._moved: dict[UUID, None] = {}

    def find(self, entry: Entry[Any], *, closed: bool | None = False) -> dict[str, Any]:
        """The outbreak an entry is about, if the entry is for its unit, the lead or one of its
        communes; else as if there were none. ``closed``: how it must stand; None: either way."""
        row = self.rows.get(entry.payload.outbreak)
        if row is None or entry.unit not in self.units(row):
            raise UnknownOutbreak(outbreak=entry.payload.outbreak)
        if closed is False and row["closed_on"] is not None:
            raise OutbreakIsClosed(on=row["closed_on"])
        if closed is True and row["closed_on"] is None:
            raise OutbreakIsOpen()
        return row

    def units(self, row: Mapping[str, Any]) -> set[UUID]:
        """For which units operations on an outbreak are taken."""
        own = {row["unit_id"], *self.places.get(row["id"], ())}
        return own | ({row["lead_id"]} if row["lead_id"] else set())

    def communes(self, row: Mapping[str, Any]) -> list[UUID]:
        return sorted(self.places.get(row["id"], ()))

    def write(self, row: dict[str, Any]) -> None:
        self.rows[row["id"]] = row
        self._changed[row["id"]] = None

    def place(self, outbreak: UUID, communes: Mapping[UUID, UUID]) -> None:
        """Say in which communes an outbreak is: commune -> id of its row."""
        self.places[outbreak] = dict(communes)
        self._moved[outbreak] = None

    def post(self) -> None:
        rows = [tuple(map(self.rows[id].__getitem__, COLUMNS)) for id in self._changed]
        bulk.replace(Outbreak, [id for id in self._changed if id in self._held], COLUMNS, rows)
        if self._moved:
            now = [
                (id, outbreak, commune)
                for outbreak in self._moved
                for commune, id in self.places[outbreak].items()
            ]
            gone = [
                id
                for id in OutbreakPlace.objects.filter(
                    outbreak_id__among=set(self._moved)
                ).values_list("id", flat=True)
                if id in self._held_places
            ]
            bulk.replace(OutbreakPlace, gone, PLACE, now)


def check_revision(held: Mapping[str, Any], seen: int | None) -> None:
    """Nobody's change is laid over one that its author did not know of."""
    if seen is not None and seen != held["revision"]:
        raise OutbreakChangedMeanwhile(title=held["title"])


def standing(map_: Any, communes: Iterable[UUID], on: date) -> set[UUID]:
    """The communes and what they are on a day."""
    here = set(communes)
    return here | {map_.standing_for(commune, on) for commune in here}


def lies_over(map_: Any, unit: UUID, communes: Iterable[UUID], on: date) -> bool:
    """Whether a unit is one of some communes or an area or facility that reaches one."""
    wanted = standing(map_, communes, on)
    if unit in wanted:
        return True
    return any(commune in wanted for commune in places.communes_of(map_, unit, on, "guided"))
