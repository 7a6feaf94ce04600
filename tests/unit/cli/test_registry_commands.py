"""The map in and out by the command line: exit codes, sentences and files."""

import json
from datetime import date

import pytest

from tuyen.apps.registry import queries
from tuyen.cli.main import main

pytestmark = pytest.mark.django_db


def run(capsys, *words):
    """(exit code, standard output, standard error)."""
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def loaded(capsys):
    assert run(capsys, "import", "areas", "--province", "12")[0] == 0


def test_a_province_loads_once(capsys, loaded):
    atlas = queries.atlas()

    code, out, _ = run(capsys, "import", "areas", "--province", "12")

    assert (code, out.strip()) == (0, "0 taken, 305 already there, 0 refused")
    assert len(atlas.communes(date(2025, 7, 1))) == 38
    assert all(atlas.boundary(unit)["derived"] for unit in atlas.communes(date(2025, 7, 1)))


def test_a_dry_run_writes_nothing(capsys):
    code, out, _ = run(capsys, "import", "areas", "--province", "12", "--dry-run")

    assert code == 0
    assert "nothing was written" in out
    assert queries.atlas().units() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--province CODE"),
        (["--province", "10"], "10 is not the two-digit code of a province of today"),
    ],
)
def test_a_wrong_province_is_wrong_usage(capsys, words, said):
    code, _, err = run(capsys, "import", "areas", *words)

    assert code == 2
    assert said in err


def test_areas_go_out_and_outlines_come_back(capsys, loaded, tmp_path):
    out = tmp_path / "areas.geojson"
    assert run(capsys, "export", "areas", out, "--on", "2026-01-01")[0] == 0
    features = json.loads(out.read_text())["features"]

    code, said, _ = run(
        capsys, "import", "boundaries", out, "--on", "2026-01-01", "--source", "real"
    )

    assert len(features) == 38
    assert (code, said.strip()) == (0, "38 taken, 0 already there, 0 refused")
    atlas = queries.atlas()
    assert {atlas.boundary(u)["source"] for u in atlas.communes(date(2026, 1, 1))} == {"real"}


def test_a_code_that_was_somebody_elses_on_the_day_is_refused(capsys, loaded, tmp_path):
    out = tmp_path / "areas.geojson"
    run(capsys, "export", "areas", out, "--on", "2026-01-01")

    code, said, err = run(capsys, "import", "boundaries", out, "--on", "2025-06-30")

    assert code == 1
    assert "give the day of the map by --on" in err
    assert "nothing was written" in said


def test_the_csv_can_be_opened_by_a_spreadsheet(capsys, loaded, tmp_path):
    out = tmp_path / "areas.csv"

    code, _, _ = run(capsys, "export", "areas", out, "--on", "2025-06-30")

    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert (code, len(lines)) == (0, 1 + 1 + 8 + 106)
    assert lines[0].startswith("code,name,full_name,type,province_code")
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.geojson", b"{", "not JSON"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "a.geojson"),
        ("missing.geojson", None, "No such file"),
    ],
)
def test_what_is_no_geojson_is_unreadable_input(capsys, tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    code, _, err = run(capsys, "import", "boundaries", tmp_path / name)

    assert code == 2
    assert said in err or "feature" in err


def test_a_day_is_written_year_first(capsys, tmp_path):
    code, _, err = run(capsys, "export", "areas", tmp_path / "a.csv", "--on", "01/07/2025")

    assert code == 2
    assert "01/07/2025 is not a day" in err
