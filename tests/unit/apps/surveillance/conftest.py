"""A small province whose map changed on 2025-07-01, and case reports from it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.atlas import EARLIEST, LATEST, Atlas, Heir, Lives, Span, Tied, Title
from tuyen.apps.surveillance import places, seasonal
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.ids import derived_id, uuid7
from tuyen.kernel.operation import Operation, Receipt

MERGER = date(2025, 7, 1)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)
_SPACE = UUID("7b1a4a5e-54a7-4e9a-8b5f-0f6d2f0c9a11")


def place(name: str) -> UUID:
    """The id of a unit of the small province, by its short name."""
    return uuid5(_SPACE, name)


def _unit(name: str, type: str, since: date | None, until: date | None, code: str = "") -> Lives:
    id = place(name)
    whole = (since or EARLIEST, until or LATEST)
    kind = "facility" if type in ("station", "hospital", "health_centre") else "area"
    system = "administrative.province" if type == "province" else "administrative.commune"
    return Lives(
        id, kind, since, until,
        names=(Span(*whole, Title(name, f"{type} {name}")),),
        types=(Span(*whole, type),),
        codes=(Span(*whole, (system, code)),) if code else (),
        points=(),
        functions=(),
    )  # fmt: skip


def small_province() -> Atlas:
    """Old A, B, C became new M (A, B and 0.4 of C) and N (0.6 of C); D lived on unchanged.

    Each commune has a station; village va lies in A, then in M. The hospital stands in D.
    """
    old, new = (None, MERGER), (MERGER, None)
    units = [
        _unit("P", "province", None, None, "11"),
        *(_unit(name, "commune", *old, code) for name, code in
          (("A", "03001"), ("B", "03002"), ("C", "03003"))),
        *(_unit(name, "commune", *new, code) for name, code in (("M", "03101"), ("N", "03102"))),
        _unit("D", "commune", None, None, "03004"),
        _unit("va", "village", None, None),
        *(_unit(f"st{name}", "station", *old) for name in "ABC"),
        *(_unit(f"st{name}", "station", *new) for name in "MN"),
        _unit("stD", "station", None, None),
        _unit("hD", "hospital", None, None),
        _unit("hc", "health_centre", *new),
    ]  # fmt: skip
    ties = [Tied(place(name), "lies_in", place("P"), *old) for name in "ABC"]
    ties += [Tied(place(name), "lies_in", place("P"), *new) for name in "MN"]
    ties += [Tied(place("D"), "lies_in", place("P"), None, None)]
    ties += [Tied(place("va"), "lies_in", place("A"), *old)]
    ties += [Tied(place("va"), "lies_in", place("M"), *new)]
    for name, span in (*((n, old) for n in "ABC"), *((n, new) for n in "MN"), ("D", (None, None))):
        ties += [Tied(place(f"st{name}"), "lies_in", place(name), *span)]
        ties += [Tied(place(f"st{name}"), "serves", place(name), *span)]
    ties += [Tied(place("hD"), "lies_in", place("D"), None, None)]
    ties += [Tied(place("hc"), "lies_in", place("D"), *new)]
    ties += [Tied(place(f"st{name}"), "guided_by", place("hc"), *new) for name in "MND"]
    heirs = [
        Heir(MERGER, place("A"), place("M"), 1.0, None, True, "merge", ""),
        Heir(MERGER, place("B"), place("M"), 1.0, None, True, "merge", ""),
        Heir(MERGER, place("C"), place("M"), 0.4, None, False, "split", ""),
        Heir(MERGER, place("C"), place("N"), 0.6, None, True, "split", ""),
    ]
    return Atlas({unit.id: unit for unit in units}, ties, heirs)


_ATLAS = small_province()


@pytest.fixture(autouse=True)
def atlas(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Atlas:
    """The small province as the map of the program, unless the test makes a map of its own."""
    if "own_map" in request.fixturenames:
        return _ATLAS
    monkeypatch.setattr(places, "atlas", lambda: _ATLAS)
    # Everybody is on record but the one whose id is that of the province.
    monkeypatch.setattr(places, "people_known", lambda ids, on: set(ids) - {place("P")})
    monkeypatch.setattr(policies, "_reach", _ATLAS.reach)
    return _ATLAS


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is compiled yet, whatever an earlier test did: a report is judged without a season."""
    monkeypatch.setattr(seasonal, "_warm", False)


def case(**changes: Any) -> ReportCase:
    """A report of a suspected case of measles in M, onset four days ago."""
    plain: dict[str, Any] = {
        "disease": "measles",
        "sex": "female",
        "age": 7,
        "commune": place("M"),
        "onset_on": date(2026, 10, 21),
        "classification": "suspected",
        "diagnosed_on": None,
    }
    return ReportCase(**plain | changes)


@pytest.fixture
def report(db: None) -> Callable[..., list[Receipt]]:
    """Commit reports as the program: each a ReportCase, or (ReportCase, changes of the operation)."""

    def give(*cases: ReportCase, unit: UUID | None = None, at: datetime = NOW) -> list[Receipt]:
        day = at.astimezone(UTC).date()
        operations = [
            Operation.of(
                each, unit=unit or place("stM"), happened_on=day, recorded_at=at, id=uuid7()
            )
            for each in cases
        ]
        return commit(by=Actor.program(day), operations=operations, at=at)

    return give


def series_of(
    counts: dict[date, int], disease: str, commune: str, **changes: Any
) -> list[ReportCase]:
    """That many cases with onset on each day."""
    return [
        case(disease=disease, commune=place(commune), onset_on=day, diagnosed_on=day, **changes)
        for day, count in counts.items()
        for _ in range(count)
    ]


def nth(name: str, number: int) -> UUID:
    """A stable id for the tests of one module."""
    return derived_id(_SPACE, name, number)
