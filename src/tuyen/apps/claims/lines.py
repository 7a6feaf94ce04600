"""Catalogues as they stood on a day: a unit's own lines before those of the units above it."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.claims import places
from tuyen.apps.claims.models import CatalogueLine
from tuyen.apps.journal.bulk import fetch
from tuyen.engines.claims.told import Catalogue
from tuyen.rules.claims.catalogues import completed

_COLUMNS = ("unit_id", "kind", "key", "since", "until", "values")


class Held(NamedTuple):
    """A line while it is held in memory."""

    since: date
    until: date | None
    values: Mapping[str, str]


class Shelf:
    """Every line of some units and of those above them: one query."""

    def __init__(self, units: Collection[UUID], on: date) -> None:
        self._map = places.atlas()
        self._above = {unit: places.line_above(unit, on, self._map) for unit in set(units)}
        wanted = {other for line in self._above.values() for other in line}
        self._lines: dict[tuple[UUID, str], dict[str, list[Held]]] = {}
        rows = CatalogueLine.objects.filter(unit_id__among=wanted).order_by("since")
        for unit, kind, key, since, until, values in fetch(rows.values_list(*_COLUMNS)):
            lines = self._lines.setdefault((unit, kind), {})
            told = completed(kind, json.loads(values))
            lines.setdefault(key, []).append(Held(since, until, told))
        self._made: dict[tuple[UUID, date], Catalogue] = {}

    def on(self, unit: UUID, day: date) -> Catalogue:
        """The catalogue of a unit on a day: that on which a visit ended."""
        if (unit, day) not in self._made:
            facility = dict(self._of(unit, "facility", day).get("", {}))
            if code := places.insurer_code(unit, day, self._map):
                facility["insurer_code"] = code
            self._made[unit, day] = Catalogue(
                facility, self._of(unit, "drug", day), self._of(unit, "service", day),
                self._of(unit, "practitioner", day),
            )  # fmt: skip
        return self._made[unit, day]

    def _of(self, unit: UUID, kind: str, day: date) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for other in reversed(self._above[unit]):
            for key, lines in self._lines.get((other, kind), {}).items():
                for line in lines:
                    if line.since <= day and (line.until is None or day < line.until):
                        # A unit says of itself what differs; a drug's line counts as a whole.
                        before = found.get(key, {}) if kind == "facility" else {}
                        found[key] = {**before, **line.values}
        return found
