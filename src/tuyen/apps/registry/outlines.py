"""Outlines from a file as operations: made small enough for one operation each."""

import json
from datetime import date, datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from tuyen.apps.registry.operations import SetBoundary
from tuyen.engines.registry.boundaries import to_geojson
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation

LARGEST = 55_000  # characters of GeoJSON
_FINEST = 1e-5  # degrees: about a metre


def fitted(unit: UUID, shape: BaseGeometry, *, source: str, on: date, at: datetime) -> Operation:
    """State an outline, simplified as far as needed and no further. The same file again gives
    the same operation."""
    text, tolerance = _plain(shape), _FINEST
    while len(text) > LARGEST:
        text = _plain(shape.simplify(tolerance, preserve_topology=True))
        tolerance *= 2
    payload = SetBoundary(unit=unit, geometry=text, source=source[:200], since=None)
    id = derived_id(unit, "outline", source, text)
    return Operation.of(payload, unit=unit, happened_on=on, recorded_at=at, id=id)


def _plain(shape: BaseGeometry) -> str:
    feature = to_geojson([shape], [{}], decimals=5)["features"][0]
    return json.dumps(feature["geometry"], separators=(",", ":"))
