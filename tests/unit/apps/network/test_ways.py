"""Ways over a loaded surface: kept, extended exactly, told apart from straight ones; the network on the map."""

from uuid import uuid4

import numpy as np
import pytest

from tests.unit.apps.network.conftest import (
    PEOPLE,
    PROGRAM,
    TODAY,
    codes,
    op,
    place,
    send,
    small_map,
)
from tuyen.apps.network import ground, places, queries, ways
from tuyen.apps.network.operations import LoadSurface, SurfaceFile, WithdrawSurface
from tuyen.engines.network import landscape
from tuyen.engines.network.country import written
from tuyen.engines.network.projection import frame_around

POINTS = np.array([[103.0, 21.0], [103.05, 21.0], [103.02, 21.0], [103.3, 21.0], [103.3, 21.05],
                   [103.0, 21.01], [103.3, 21.02]])  # fmt: skip


@pytest.fixture
def surface(settings, tmp_path, db):
    """Loads a made-up surface around the small province; gives the operation's id."""
    settings.SURFACES = tmp_path / "surfaces"
    ways._tables.clear()
    frame = frame_around(POINTS, 300.0)
    land = landscape.made(
        2, frame, [POINTS[:1], POINTS[3:4], POINTS[[1, 4]], POINTS[5:], POINTS[2:3]]
    )
    said = LoadSurface(
        title="Thử", sha256=ways.put(written(land)), files=(SurfaceFile(role="generator", name="seed 2"),),
        west=frame.west, north=frame.north, cell=frame.cell, rows=frame.rows, columns=frame.columns,
        made_up=True,
    )  # fmt: skip
    (receipt,) = send(op(said, "P"))
    assert receipt.status == "accepted"
    return receipt.id, said


def here(**how):
    return ground.ground(by=PROGRAM, on=TODAY, terrain={}, **how)


def test_ways_are_those_of_the_surface_and_say_so(surface):
    found = here()

    assert (found.way.kind, found.way.title, found.way.mode, found.way.season) == (
        "surface", "Thử", "motorbike", "dry")  # fmt: skip
    loaded = ways.in_use(TODAY)
    ground_ = ways.opened(loaded, ways.speeds("motorbike", "dry", TODAY))
    at, to = ground_.cells(found.at), ground_.cells(found.to)
    expected = ground_.pairs(at, to, ways.FARTHEST)
    np.testing.assert_allclose(found.minutes, expected, rtol=1e-5)
    assert np.isfinite(found.between).all()
    assert here(season="wet").minutes.sum() > found.minutes.sum()


def test_a_site_and_a_village_more_are_computed_alone_and_exactly(surface):
    loaded, how = ways.in_use(TODAY), ways.speeds("foot", "wet", TODAY)
    points = [tuple(p) for p in POINTS.tolist()]
    ways.between(loaded, how, points[:5], points[:4])
    more = ways.between(loaded, how, points, points[:5])
    kept = ways._tables[loaded.sha256, how]
    ways._tables.clear()
    ways._file(loaded, how).unlink()
    anew = ways.between(loaded, how, points, points[:5])

    assert kept.minutes.shape == (7, 5)
    np.testing.assert_allclose(more, anew, rtol=1e-4)


def test_what_is_kept_is_read_from_its_file_and_a_broken_file_is_made_anew(surface):
    loaded, how = ways.in_use(TODAY), ways.speeds("foot", "dry", TODAY)
    points = [tuple(p) for p in POINTS.tolist()]
    first = ways.between(loaded, how, points, points)
    ways._tables.clear()
    assert np.array_equal(ways.between(loaded, how, points, points, work=0), first)
    ways._tables.clear()
    ways._file(loaded, how).write_bytes(b"half")
    assert ways.between(loaded, how, points, points, work=0) is None
    assert np.array_equal(ways.between(loaded, how, points, points), first)


def test_without_its_file_or_with_too_much_to_do_ways_are_straight_and_the_reason_stands(
    surface, monkeypatch
):
    monkeypatch.setattr(ways.between, "__defaults__", (0,))
    assert (here().way.kind, here().way.why) == ("straight", "waits")
    monkeypatch.undo()
    (ways.folder() / f"{surface[1].sha256}.npz").unlink()
    found = here()
    assert (found.way.kind, found.way.why) == ("straight", "file")
    assert np.isfinite(found.minutes).all()


def test_a_surface_stands_once_and_is_withdrawn_with_a_reason(surface):
    id, said = surface
    assert codes(op(said, "P")) == ["surface-twice"]
    assert codes(op(WithdrawSurface(surface=uuid4(), reason="nhầm tỉnh"), "P")) == [
        "unknown-surface"
    ]
    assert codes(op(WithdrawSurface(surface=id, reason="nhầm tỉnh"), "M")) == ["unknown-surface"]

    gone = op(WithdrawSurface(surface=id, reason="nhầm tỉnh"), "P")
    assert codes(gone) == ["accepted"]
    assert ways.in_use(TODAY) is None
    (row,) = queries.surfaces(by=PROGRAM)
    assert (row.state, row.reason, row.in_use, row.here) == ("withdrawn", "nhầm tỉnh", False, True)
    assert here().way == ways.Way("straight", "none")
    assert codes(op(said, "P")) == ["accepted"]


def test_the_map_counts_people_by_band_and_draws_what_is_reached(
    surface, django_assert_num_queries
):
    queries.network_map(by=PROGRAM, map_on=TODAY)
    with django_assert_num_queries(1):  # people come from columns in this test
        found = queries.network_map(by=PROGRAM, map_on=TODAY)

    assert found.total == sum(PEOPLE.values())
    assert found.people(180) == found.total
    assert found.people(15) <= found.people(30) <= found.people(60)
    assert len(found.bands.rings) == len(queries.LIMITS) + 1
    m1 = next(v for v in found.villages if v.unit == place("m1"))
    assert (m1.people, m1.site_name) == (600, "station stM")
    foot = queries.network_map(by=PROGRAM, map_on=TODAY, mode="foot", season="wet")
    assert foot.people(30) <= found.people(30)


@pytest.mark.django_db
def test_without_a_surface_the_map_has_straight_minutes_and_no_band(settings, tmp_path):
    settings.SURFACES = tmp_path
    found = queries.network_map(by=PROGRAM, map_on=TODAY)

    assert (found.bands, found.way.kind) == (None, "straight")
    assert found.people(30) > 0


@pytest.mark.django_db
def test_what_is_wrong_with_places_is_said(settings, tmp_path, monkeypatch):
    """Swapped, without coordinates, without people: each is a finding with its name."""
    settings.SURFACES = tmp_path
    from tests.unit.apps.network import conftest

    monkeypatch.setitem(conftest.PLACES, "stN", ("station", 21.0, 103.3, "N"))
    monkeypatch.setitem(conftest.PLACES, "v0", ("village", 103.1, 21.0, "M"))
    outline = {
        "type": "Polygon",
        "coordinates": [[[102.9, 20.9], [103.01, 20.9], [103.01, 21.1], [102.9, 21.1]]],
    }
    atlas = small_map()
    monkeypatch.setattr(places, "atlas", lambda: atlas)
    monkeypatch.setattr(
        atlas, "boundary", lambda id, on=None: outline if id == place("M") else None
    )

    found = {(f.kind, f.unit) for f in queries.network_map(by=PROGRAM, map_on=TODAY).findings}

    assert ("swapped", place("stN")) in found
    assert ("empty", place("v0")) in found
    assert {("elsewhere", place("pM")), ("elsewhere", place("cM"))} <= found
    assert ("elsewhere", place("stM")) not in found
