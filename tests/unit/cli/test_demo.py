"""The demo's map is what the sources say of it."""

import json
import os
import subprocess
import sys

import pytest

from tests.demos import PEOPLE, copy_of_demo, tuyen


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A small demo, built as anybody would build it, and what was printed then."""
    home = tmp_path_factory.mktemp("demo") / "home"
    return home, copy_of_demo(home, tmp_path_factory)


def ask(home, code):
    """Run a few lines against the demo, in a process of their own; they print one JSON value."""
    environment = {**os.environ, "TUYEN_HOME": str(home)}
    environment.pop("TUYEN_DATABASE_URL", None)
    start = f"from tuyen.cli.start import office; office({str(home)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


MAP = """
import json
from datetime import date
from tuyen.apps.registry.queries import atlas
map, before, after = atlas(), date(2025, 6, 30), date(2026, 10, 25)
centre = next(u for u in map.units(type="health_centre", on=after) if "Nậm Pồ" in map.name(u, after))
guided = map.subjects(centre, "guided_by", after)
count = lambda units, type: sum(map.type(u, after) == type for u in units)
print(json.dumps({
    "communes before": len(map.communes(before)), "communes": len(map.communes(after)),
    "stations before": len(map.units(type="station", on=before)),
    "stations": len(map.units(type="station", on=after)),
    "points": len(map.units(type="satellite_point", on=after)),
    "served by Nậm Pồ": sorted(map.name(u, after) for u in map.related(centre, "serves", after)),
    "stations guided": count(guided, "station"), "points guided": count(guided, "satellite_point"),
}))
"""


def test_the_demo_says_who_can_sign_in_and_that_nobody_is_real(demo):
    home, said = demo

    assert "Nobody in it is real" in said
    for login in ("tramtruong", "cdc", "giamdoc", "quantri"):
        assert login in said
    assert (home / "demo.json").stat().st_mode & 0o077 == 0


def test_129_communes_became_45_with_45_stations_and_84_points(demo):
    found = ask(demo[0], MAP)

    assert (found["communes before"], found["communes"]) == (129, 45)
    assert (found["stations before"], found["stations"], found["points"]) == (129, 45, 84)


def test_the_nam_po_centre_serves_four_communes_and_guides_eight_points(demo):
    found = ask(demo[0], MAP)

    assert found["served by Nậm Pồ"] == ["Chà Tở", "Mường Chà", "Nà Bủng", "Nà Hỳ"]
    assert (found["stations guided"], found["points guided"]) == (4, 8)


def test_the_journal_of_the_demo_is_sound_and_rebuilds_it(demo):
    home = str(demo[0])

    assert tuyen("journal", "verify", "--home", home).returncode == 0
    replayed = tuyen("journal", "replay", "--home", home, "--json")
    assert json.loads(replayed.stdout)["same"] is True


def test_a_demo_that_is_there_is_not_built_again(demo):
    home, _ = demo
    before = (home / "tuyen.sqlite3").stat().st_mtime_ns

    again = tuyen("demo", "--people", str(PEOPLE), "--no-serve", "--home", str(home))

    assert again.returncode == 0
    assert "Built in" not in again.stdout
    assert (home / "tuyen.sqlite3").stat().st_mtime_ns == before


def test_a_real_installation_is_never_overwritten(tmp_path):
    (tmp_path / "tuyen.sqlite3").write_bytes(b"somebody's data")

    refused = tuyen("demo", "--people", "300", "--no-serve", "--home", str(tmp_path))

    assert refused.returncode == 2
    assert "not a demo" in refused.stderr
    assert (tmp_path / "tuyen.sqlite3").read_bytes() == b"somebody's data"


@pytest.mark.parametrize("option", ["--people=5", "--years=0", "--port=99999", "--seed=-1"])
def test_a_size_that_makes_no_sense_is_refused_before_anything_is_written(option, tmp_path):
    home = tmp_path / "demo"

    refused = tuyen("demo", option, "--no-serve", "--home", str(home))

    assert refused.returncode == 2
    assert option.split("=")[0] in refused.stderr
    assert not home.exists()
