"""The places whose children a list or a table is about."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access.policies import Scope

_VILLAGE = 4


def places_of(map_: Any, area: UUID, on: date) -> frozenset[UUID]:
    """The villages and communes of an area or of what a facility serves, with their history; a
    village alone is itself."""
    if map_.unit(area) is None:
        return frozenset()
    if map_.level(area, on) == _VILLAGE:
        return frozenset({area})
    return frozenset(map_.reach(area, "own", on)) | {area}


def within(scope: Scope, places: Collection[UUID] | None, field: str = "place_id") -> Q:
    """Rows of places that a reader may see; None: of all of them. One parameter for any number."""
    if places is None:
        return Q() if scope.everything else Q((f"{field}__among", scope.units))
    if not scope.everything:
        places = set(places) & scope.units
    return Q((f"{field}__among", places))
