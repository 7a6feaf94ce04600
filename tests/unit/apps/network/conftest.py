"""A small province of two communes with five sites, before and after nothing: its map, its people."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.network import places
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.atlas import EARLIEST, LATEST, Atlas, Lives, Span, Tied, Title
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
PROGRAM = Actor.program(TODAY)
WHOLE = (EARLIEST, LATEST)
PLACES = {  # name: (type, longitude, latitude, lies in)
    "P": ("province", 103.0, 21.0, None),
    "M": ("commune", 103.0, 21.0, "P"), "N": ("commune", 103.3, 21.0, "P"),
    "m1": ("village", 103.0, 21.01, "M"), "m2": ("village", 103.05, 21.0, "M"),
    "n1": ("village", 103.3, 21.02, "N"),
    "stM": ("station", 103.0, 21.0, "M"), "pM": ("satellite_point", 103.05, 21.0, "M"),
    "cM": ("clinic", 103.02, 21.0, "M"),
    "stN": ("station", 103.3, 21.0, "N"), "pN": ("satellite_point", 103.3, 21.05, "N"),
    "hc": ("health_centre", 103.0, 21.06, "M"),
}  # fmt: skip
PEOPLE = {"m1": 600, "m2": 1400, "n1": 900}


def small_map(written: Mapping[str, Sequence[str]] = {}) -> Atlas:
    """The map; ``written``: functions that somebody wrote down of a site, by its name."""
    units, ties = [], []
    for n, (name, (type, lon, lat, within)) in enumerate(PLACES.items()):
        area = type in ("province", "commune", "village")
        codes = ()
        if type in ("province", "commune"):
            codes = (Span(*WHOLE, (f"administrative.{type}", f"{n:05}")),)
        units.append(Lives(
            place(name), "area" if area else "facility", None, None,
            names=(Span(*WHOLE, Title(name, f"{type} {name}")),), types=(Span(*WHOLE, type),),
            codes=codes, points=(Span(*WHOLE, (lon, lat, "test")),),
            functions=tuple(Span(*WHOLE, one) for one in written.get(name, ())),
        ))  # fmt: skip
        if within:
            ties.append(Tied(place(name), "lies_in", place(within), None, None))
        if type == "station":
            ties.append(Tied(place(name), "serves", place(within or "P"), None, None))
            ties.append(Tied(place(name), "guided_by", place("hc"), None, None))
        if type == "satellite_point":
            ties.append(Tied(place(name), "satellite_of", place(f"st{within}"), None, None))
            ties.append(Tied(place(name), "guided_by", place("hc"), None, None))
    return Atlas({unit.id: unit for unit in units}, ties, [])


_ATLAS = small_map()


@pytest.fixture(autouse=True)
def atlas(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small map, unless the test builds one of its own through the registry."""
    if "own_map" in request.fixturenames:
        return None
    monkeypatch.setattr(places, "atlas", lambda: _ATLAS)
    monkeypatch.setattr(policies, "_reach", _ATLAS.reach)
    people = {place(name): count for name, count in PEOPLE.items()}
    monkeypatch.setattr(registry, "people_at", lambda *, by, on: people)
    return _ATLAS


def op(
    payload: Payload, unit: str = "stM", *, on: date = TODAY, id: UUID | None = None
) -> Operation:
    return Operation.of(
        payload, unit=place(unit), happened_on=on, recorded_at=NOW, id=id or uuid7()
    )


def send(*operations: Operation, by: Actor = PROGRAM) -> list[Receipt]:
    return commit(by=by, operations=list(operations), at=NOW)


def codes(*operations: Operation, by: Actor = PROGRAM) -> list[str]:
    return [
        r.refusal.code.removeprefix("network.") if r.refusal else r.status
        for r in send(*operations, by=by)
    ]
